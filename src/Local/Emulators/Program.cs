using System.Runtime.InteropServices;
using Atrium.Local.Emulators;
using Microsoft.Extensions.Logging;

const int StartFailed = 1;
const int WrongUsage = 2;

LastingConsole.Use();
var (arguments, problem) = EmulatorArguments.Parse(args);
if (arguments is null)
{
    await Console.Error.WriteLineAsync($"{problem} --help lists all arguments.");
    return WrongUsage;
}

if (arguments.Help)
{
    Console.WriteLine(EmulatorArguments.Usage);
    return 0;
}

// Not disposed of, since signals come until the process is gone.
var stopping = new CancellationTokenSource();
var signals = new StopSignals(TimeProvider.System);
StopSignals.Handle(Stop, PosixSignal.SIGINT, PosixSignal.SIGTERM);
using var loggers = LoggerFactory.Create(logging => logging
    .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
    .SetMinimumLevel(LogLevel.Warning));
try
{
    await using var emulators = new EmulatorSet(arguments, Console.Error.WriteLine, loggers, TimeProvider.System);
    await foreach (var ready in emulators.StartAsync(stopping.Token))
    {
        Console.WriteLine(ready);
    }

    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token);
    return 0;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0;
}
catch (EmulatorStartException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return StartFailed;
}
catch (Exception unforeseen)
{
    await Console.Error.WriteLineAsync(LastResort.Text("The emulators", unforeseen));
    return StartFailed;
}

// When a person asks again, that is not held back: it ends the program at once.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !signals.IsRepeated(signal.Signal);
    stopping.Cancel();
}
