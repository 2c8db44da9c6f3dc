using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Atrium.Local.Emulators.KeyVault;
using Atrium.Local.Emulators.ServiceBus;

namespace Atrium.Functions.LocalRuntime;

/// <summary>
/// The stand-ins for those of Azure's services that the settings do not name: Service Bus and Key Vault in this process, Azurite for tables.
/// Stopped after the functions have drained, because hosted services stop in reverse order.
/// </summary>
internal sealed class LocalStack : IHostedService
{
    readonly List<IAsyncDisposable> _started = [];

    // Its own: the emulators start before the host is built, and stop after its triggers.
    readonly ILoggerFactory _loggers =
        LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning));

    bool _allowsLoopback;

    public string? ServiceBus { get; private set; }
    public KeyVaultEmulator? KeyVault { get; private set; }
    public AzuriteEmulator? Tables { get; private set; }

    /// <exception cref="EmulatorStartException">One of them cannot start; the message says what to change.</exception>
    public static async Task<LocalStack> StartAsync(LocalSettings settings, IProgress<string> progress)
    {
        var stack = new LocalStack { _allowsLoopback = settings.MayAllowLoopback };
        var loggers = stack._loggers;
        var azurite = settings.NeedsTables ? AzuriteEmulator.StartAsync(settings.Azurite, progress, loggers, TimeProvider.System, default) : null;
        try
        {
            if (settings.NeedsServiceBus)
            {
                var emulator = await ServiceBusEmulator.StartAsync(settings.ServiceBus, TimeProvider.System, loggers, default);
                stack._started.Add(emulator);
                stack.ServiceBus = emulator.ConnectionString;
            }

            if (settings.NeedsKeyVault)
            {
                stack.KeyVault = await KeyVaultEmulator.StartAsync(settings.KeyVault, TimeProvider.System, loggers, default);
                stack._started.Add(stack.KeyVault);
            }

            if (azurite is not null)
            {
                stack.Tables = await azurite;
                stack._started.Add(stack.Tables);
            }

            return stack;
        }
        catch
        {
            await stack.StopAsync(default);
            throw;
        }
    }

    /// <summary>The settings that lead to what was started.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Configuration()
    {
        // Only where everything runs on one machine may a webhook go to that machine.
        if (_allowsLoopback)
        {
            yield return new("Egress:AllowLoopback", "true");
        }

        if (ServiceBus is not null)
        {
            yield return new(Deliveries.Queues.Connection, ServiceBus);
        }

        if (Tables is not null)
        {
            yield return new(AzureClients.Tables, Tables.ConnectionString);
        }

        if (KeyVault is not null)
        {
            yield return new(AzureClients.VaultUri, KeyVault.VaultUri.AbsoluteUri);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var emulator in Enumerable.Reverse(_started))
        {
            await emulator.DisposeAsync();
        }

        _started.Clear();
        _loggers.Dispose();
    }
}
