using Atrium.Processes;

namespace Atrium.EndToEnd;

/// <summary>The app as its users start it.</summary>
internal static class AppProcess
{
    public static ChildProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        ChildProcess.Start(
            new(ChildProcess.DotNet, [ChildProcess.Built("Host"), ChildProcess.Built("App"), .. arguments])
            {
                WorkingDirectory = Path.GetTempPath(),
            },
            environment);

    /// <summary>
    /// Starts it by <c>dotnet run</c>, as README.md says. As a shell does, gives it a group of its own.
    /// </summary>
    public static ChildProcess Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        string[] leader = OperatingSystem.IsWindows() ? [] : ["setsid"];
        string[] command =
        [
            .. leader, ChildProcess.DotNet, "run", "--no-build", "--property:BuildProjectReferences=false",
            "--configuration", ChildProcess.Built("Configuration"), "--project", ChildProcess.Built("Project"),
            "--", .. arguments,
        ];
        return ChildProcess.Start(new(command[0], command[1..]), environment);
    }

    /// <summary>What Ctrl-C does.</summary>
    public static async Task<int> InterruptAsync(this ChildProcess app)
    {
        await app.SignalAsync("INT");
        return await app.ExitAsync();
    }
}
