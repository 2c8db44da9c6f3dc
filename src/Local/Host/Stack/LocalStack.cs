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

    public string? ServiceBus { get; private set; }
    public KeyVaultEmulator? KeyVault { get; private set; }
    public AzuriteEmulator? Tables { get; private set; }

    /// <summary>The app's settings that lead to what was started.</summary>
    public Dictionary<string, string?> Configuration { get; } = [];

    /// <exception cref="EmulatorStartException">One of them cannot start; the message says what to change.</exception>
    /// <exception cref="HostStartException">A setting is wrong, or does not say which of them are needed.</exception>
    public static async Task<LocalStack> StartAsync(
        StackSettings settings, Action<string> tell, ILoggerFactory loggers, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var stack = new LocalStack();
        // Only where everything runs on one machine may a webhook go to that machine.
        if (settings.MayAllowLoopback)
        {
            stack.Configuration[StackSettings.AllowLoopback] = "true";
        }

        if (settings.CreditsPerSecond is { } credits)
        {
            stack.Configuration[StackSettings.Credits] = credits.ToString(CultureInfo.InvariantCulture);
        }

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
                stack.Configuration[StackSettings.ServiceBusConnection] = stack.ServiceBus = emulator.ConnectionString;
            }

            if (settings.NeedsKeyVault)
            {
                stack.KeyVault = await KeyVaultEmulator.StartAsync(
                    settings.KeyVault, time, loggers, cancellationToken);
                stack._started.Add(stack.KeyVault);
                stack.Configuration[StackSettings.VaultUri] = stack.KeyVault.VaultUri.AbsoluteUri;
                stack.Configuration[StackSettings.VaultCertificate] =
                    Path.Combine(settings.KeyVault.StateFolder, "certificate.pem");
            }

            if (azurite is not null)
            {
                stack.Tables = await azurite;
                stack._started.Add(stack.Tables);
                stack.Configuration[StackSettings.TablesConnection] = stack.Tables.ConnectionString;
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

    public async ValueTask DisposeAsync()
    {
        foreach (var emulator in Enumerable.Reverse(_started))
        {
            await emulator.DisposeAsync();
        }

        _started.Clear();
    }
}
