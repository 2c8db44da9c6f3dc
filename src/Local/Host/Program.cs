using System.Runtime.InteropServices;
using Atrium.Local.Emulators;
using Atrium.Local.Host;

const int Failed = 1;

LastingConsole.Use();
var options = HostOptions.Parse(args);
if (options.Help || options.Fault is not null)
{
    (options.Help ? Console.Out : Console.Error).WriteLine(
        options.Help ? HostOptions.Usage : $"{options.Fault}\n{HostOptions.Usage}");
    return options.Help ? 0 : Failed;
}

// Not disposed of, since signals come until the process is gone.
var stopping = new CancellationTokenSource();
var impatient = new CancellationTokenSource();
var signals = new StopSignals(TimeProvider.System);
StopSignals.Handle(Stop, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP, PosixSignal.SIGTERM);
try
{
    return await LocalHost.RunAsync(options, stopping.Token, impatient.Token);
}
catch (Exception e) when (e is HostStartException or EmulatorStartException)
{
    if (e.Message.Length > 0)
    {
        Console.Error.WriteLine(e.Message);
    }

    return Failed;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    // Told to stop before it was ready.
    return 0;
}
catch (Exception unforeseen)
{
    Console.Error.WriteLine(LastResort.Text("The local host", unforeseen));
    return Failed;
}

// Any asks for the end. A person who asks again does not wait for it.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    (signals.IsRepeated(signal.Signal) ? impatient : stopping).Cancel();
}
