using System.Globalization;
using Atrium.Local.Emulators.ServiceBus;
using Microsoft.Extensions.Logging;

// The Service Bus emulator in a process of its own, which tests kill and benchmarks measure. Everywhere else, the
// emulators run in the process of the local host.
if (args is not [var state, var queues, var clockSpeed])
{
    await Console.Error.WriteLineAsync("Give the folder of its data, the file of its queues, and its clock's speed.");
    return 2;
}

using var loggers = LoggerFactory.Create(logging => logging
    .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
    .SetMinimumLevel(LogLevel.Warning));
var options = new ServiceBusEmulatorOptions
{
    ConfigFile = queues,
    DatabaseFile = Path.Combine(state, "servicebus.db"),
    ClockSpeed = double.Parse(clockSpeed, CultureInfo.InvariantCulture),
};
await using var emulator = await ServiceBusEmulator.StartAsync(
    options, TimeProvider.System, loggers, CancellationToken.None);
Console.WriteLine($"Service Bus emulator: {emulator.ConnectionString}");
await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
return 0;
