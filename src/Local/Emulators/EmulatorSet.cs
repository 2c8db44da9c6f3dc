using System.Net;
using System.Runtime.CompilerServices;
using Atrium.Local.Emulators.Azurite;
using Atrium.Local.Emulators.KeyVault;
using Atrium.Local.Emulators.ServiceBus;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators;

/// <summary>The emulators that the program was asked for. Disposing stops them, the last one started first.</summary>
internal sealed class EmulatorSet(
    EmulatorArguments arguments, Action<string> tell, ILoggerFactory loggers,
    TimeProvider clock) : IAsyncDisposable
{
    readonly Stack<IAsyncDisposable> running = [];

    /// <summary>Starts one after the other, and gives a line about each when it is ready.</summary>
    /// <exception cref="EmulatorStartException">One cannot start; those before it run on until the set is
    /// disposed.</exception>
    public async IAsyncEnumerable<string> StartAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LoopbackPort.RequireAddress(IPAddress.Loopback);
        UsableFolder.Make(Path.GetFullPath(arguments.StateFolder));
        if (arguments.Only.Contains("servicebus"))
        {
            var options = new ServiceBusEmulatorOptions
            {
                ConfigFile = arguments.ConfigFile ?? Path.Combine(AppContext.BaseDirectory, "config.json"),
                DatabaseFile = InState("servicebus.db"),
                Port = arguments.ServiceBusPort,
                Tier = arguments.Tier,
                StandardLimits = arguments.StandardLimits,
                LocksEndWithLink = arguments.LocksEndWithLink,
                ClockSpeed = arguments.ClockSpeed,
            };
            var emulator = await ServiceBusEmulator.StartAsync(options, clock, loggers, cancellationToken);
            running.Push(emulator);
            yield return $"Service Bus emulator: {emulator.ConnectionString}";
        }

        if (arguments.Only.Contains("keyvault"))
        {
            var options =
                new KeyVaultEmulatorOptions { StateFolder = InState("keyvault"), Port = arguments.KeyVaultPort };
            var emulator = await KeyVaultEmulator.StartAsync(options, clock, loggers, cancellationToken);
            running.Push(emulator);
            yield return $"Key Vault emulator: {emulator.VaultUri}";
        }

        if (arguments.Only.Contains("tables"))
        {
            var options = new AzuriteEmulatorOptions
            {
                ToolsFolder = LocalState.Tools,
                DataFolder = InState("tables"),
                Port = arguments.TablesPort,
            };
            var emulator = await AzuriteEmulator.StartAsync(options, tell, loggers, clock, cancellationToken);
            running.Push(emulator);
            yield return $"Table emulator: {emulator.ConnectionString}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (running.TryPop(out var emulator))
        {
            await emulator.DisposeAsync();
        }
    }

    string InState(string name) => Path.GetFullPath(Path.Combine(arguments.StateFolder, name));
}
