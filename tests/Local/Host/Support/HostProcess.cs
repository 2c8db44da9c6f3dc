using Atrium.Processes;

namespace Atrium.Local.Host.Tests.Support;

/// <summary>The host as `dotnet run` starts it.</summary>
internal static class HostProcess
{
    /// <summary>The sample app's assembly.</summary>
    public static string App { get; } = ChildProcess.Built("App");

    /// <summary>Starts it as the leader of a process group, as a shell does at a terminal.</summary>
    /// <param name="arguments">The app's assembly, and what follows it.</param>
    /// <param name="settings">The app's settings, as environment variables.</param>
    /// <param name="output">The file that it prints to, instead of to the test; on Unix only.</param>
    public static ChildProcess Start(
        IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> settings, string? output = null)
    {
        string[] redirection = output is null ? [] : ["sh", "-c", $"exec \"$@\" > {output} 2>&1", "sh"];
        string[] leader = OperatingSystem.IsWindows() ? [] : ["setsid", .. redirection];
        string[] command = [.. leader, ChildProcess.DotNet, ChildProcess.Built("Host"), .. arguments];
        return ChildProcess.Start(
            new(command[0], command[1..]) { WorkingDirectory = Path.GetTempPath() }, settings);
    }

    /// <summary>What Ctrl-C does: every process of the terminal's group gets it, if one is still there.</summary>
    public static async Task InterruptGroupAsync(this ChildProcess host)
    {
        try
        {
            await Signals.SendAsync("INT", -host.Id);
        }
        catch (InvalidOperationException) when (host.HasEnded)
        {
            // It needs none any more.
        }
    }
}
