using System.Globalization;
using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Atrium.Local.Emulators.KeyVault;
using Atrium.Local.Emulators.ServiceBus;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Stack;

/// <summary>
/// The stand-ins for those of Azure's services that the settings do not name: Service Bus and Key Vault in this
/// process, Azurite for tables. They outlive every worker.
/// </summary>
internal sealed class LocalStack : IAsyncDisposable
{
    readonly List<IAsyncDisposable> _started = [];
    bool _allowsLoopback;
    int? _creditsPerSecond;
    string? _vaultCertificate;

    public string? ServiceBus { get; private set; }
    public KeyVaultEmulator? KeyVault { get; private set; }
    public AzuriteEmulator? Tables { get; private set; }

    /// <exception cref="EmulatorStartException">One of them cannot start; the message says what to change.</exception>
    /// <exception cref="HostStartException">The settings do not say which of them are needed.</exception>
    public static async Task<LocalStack> StartAsync(
        StackSettings settings, Action<string> tell, ILoggerFactory loggers, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var stack = new LocalStack
        {
            _allowsLoopback = settings.MayAllowLoopback,
            _creditsPerSecond = settings.CreditsPerSecond,
        };
        var needsServiceBus = settings.NeedsServiceBus;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var azurite = settings.NeedsTables
            ? AzuriteEmulator.StartAsync(settings.Azurite, tell, loggers, time, failed.Token)
            : null;
        try
        {
            if (needsServiceBus)
            {
                var emulator = await ServiceBusEmulator.StartAsync(
                    settings.ServiceBus, time, loggers, cancellationToken);
                stack._started.Add(emulator);
                stack.ServiceBus = emulator.ConnectionString;
            }

            if (settings.NeedsKeyVault)
            {
                stack.KeyVault = await KeyVaultEmulator.StartAsync(
                    settings.KeyVault, time, loggers, cancellationToken);
                stack._started.Add(stack.KeyVault);
                stack._vaultCertificate = Path.Combine(settings.KeyVault.StateFolder, "certificate.pem");
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
            // What has failed is to be told now, and not when Azurite is installed or has waited for its folder.
            await failed.CancelAsync();
            if (azurite is not null && stack.Tables is null)
            {
                await ((Task)azurite).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (azurite.IsCompletedSuccessfully)
                {
                    stack._started.Add(await azurite);
                }
            }

            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>The settings that lead to what was started.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Configuration()
    {
        // Only where everything runs on one machine may a webhook go to that machine.
        if (_allowsLoopback)
        {
            yield return new(StackSettings.AllowLoopback, "true");
        }

        if (_creditsPerSecond is { } credits)
        {
            yield return new(StackSettings.Credits, credits.ToString(CultureInfo.InvariantCulture));
        }

        if (ServiceBus is not null)
        {
            yield return new(StackSettings.ServiceBusConnection, ServiceBus);
        }

        if (Tables is not null)
        {
            yield return new(StackSettings.TablesConnection, Tables.ConnectionString);
        }

        if (KeyVault is not null)
        {
            yield return new(StackSettings.VaultUri, KeyVault.VaultUri.AbsoluteUri);
            yield return new(StackSettings.VaultCertificate, _vaultCertificate);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var emulator in Enumerable.Reverse(_started))
        {
            await emulator.DisposeAsync();
        }

        _started.Clear();
    }
}
