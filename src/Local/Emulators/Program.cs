using System.Globalization;
using System.Runtime.InteropServices;
using Atrium.Local.Emulators;
using Atrium.Local.Emulators.ServiceBus;
using Microsoft.Extensions.Logging;

var settings = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);
using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
try
{
    var options = new ServiceBusEmulatorOptions
    {
        ConfigFile = settings.GetValueOrDefault("--config") ?? Path.Combine(AppContext.BaseDirectory, "config.json"),
        DatabaseFile = Path.Combine(settings.GetValueOrDefault("--state") ?? ".local", "servicebus.db"),
        Port = int.Parse(settings.GetValueOrDefault("--port") ?? "5672", CultureInfo.InvariantCulture),
        ClockSpeed = double.Parse(settings.GetValueOrDefault("--clock-speed") ?? "1", CultureInfo.InvariantCulture),
    };
    await using var emulator = await ServiceBusEmulator.StartAsync(options, TimeProvider.System, loggers, stopping.Token);
    Console.WriteLine($"Service Bus emulator: {emulator.ConnectionString}");
    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    return 0;
}
catch (EmulatorStartException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
