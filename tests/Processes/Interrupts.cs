using System.Runtime.InteropServices;

namespace Atrium.Processes;

/// <summary>
/// Lets programs that tests start be stopped by Ctrl-C. What a script runs in its background ignores SIGINT, and hands
/// that on to all that it starts: a program under test would wait for ever.
/// </summary>
static class Interrupts
{
    const int Interrupt = 2;
    const nint Default = 0;
    const nint Ignored = 1;

    // More than the structure takes on any system; it begins with the handler.
    const int ActionSize = 256;

    /// <summary>Has this process, and what it starts from now on, ignore SIGINT no longer.</summary>
    public static void Allow()
    {
        var action = new byte[ActionSize];
        if (!OperatingSystem.IsWindows() && SignalAction(Interrupt, 0, action) == 0
            && MemoryMarshal.Read<nint>(action) == Ignored)
        {
            _ = Signal(Interrupt, Default);
        }
    }

    [DllImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SignalAction(int signal, nint action, byte[] previous);

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern nint Signal(int signal, nint handler);
}
