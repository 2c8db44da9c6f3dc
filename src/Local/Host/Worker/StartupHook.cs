using System.Diagnostics;
using System.Runtime.InteropServices;
using Atrium.Local.Host.Worker;

/// <summary>
/// What the host has in its worker's process, before the app's own first line: the runtime runs it because the variable
/// <c>DOTNET_STARTUP_HOOKS</c> names this assembly, and finds it by its name, which may have no namespace. So the app
/// needs no line for being run locally.
/// https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md
/// </summary>
#pragma warning disable CA1050, CA1812 // Both as the runtime wants it.
internal sealed class StartupHook
#pragma warning restore CA1050, CA1812
{
    /// <summary>Set for a worker that is to wait for its debugger.</summary>
    public const string WaitVariable = "ATRIUM_WORKER_WAITS_FOR_DEBUGGER";

    const int Failed = 1;
    const nint Ignored = 1;

    /// <summary>Hang-up, interrupt, quit and terminate: the same numbers on every Unix.</summary>
    static readonly int[] EndSignals = [1, 2, 3, 15];

    static readonly TimeSpan DebuggerPause = TimeSpan.FromMilliseconds(100);

    public static void Initialize()
    {
        HoldSignals();
        // Not for what the app may start. Those of the developer's own are.
        var hooks = Environment.GetEnvironmentVariable(WorkerProcess.StartupHooks)?.Split(Path.PathSeparator) ?? [];
        var others = hooks.Where(hook => hook != typeof(StartupHook).Assembly.Location);
        Environment.SetEnvironmentVariable(WorkerProcess.StartupHooks, string.Join(Path.PathSeparator, others));
        new Thread(EndWithHost) { IsBackground = true, Name = "Host watch" }.Start();
        StartFailure.PrintAsOneSentence();
        if (Environment.GetEnvironmentVariable(WaitVariable) is { Length: > 0 })
        {
            Console.WriteLine($"The worker waits for a debugger to attach to process {Environment.ProcessId}.");
            using var pause = new ManualResetEventSlim();
            while (!Debugger.IsAttached)
            {
                pause.Wait(DebuggerPause);
            }
        }
    }

    // Ctrl-C goes to every process of the terminal's group, and a service manager stops each process of a service. The
    // worker is to end when its host has drained it. On Unix .NET respects what is ignored: the app's own handlers do
    // not hear of it either.
    static void HoldSignals()
    {
        if (OperatingSystem.IsWindows())
        {
            _ = SetConsoleCtrlHandler(0, true);
        }
        else
        {
            Array.ForEach(EndSignals, number => _ = signal(number, Ignored));
        }
    }

    // The host holds the other end open for as long as it lives. When it dies, its worker could no longer settle
    // anything.
    static void EndWithHost()
    {
        using var host = Console.OpenStandardInput();
        while (host.Read(new byte[1]) > 0)
        {
        }

        Environment.Exit(Failed);
    }

    [DllImport("libc")]
    static extern nint signal(int number, nint handler);

    [DllImport("kernel32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    static extern bool SetConsoleCtrlHandler(nint handler, [MarshalAs(UnmanagedType.Bool)] bool add);
}
