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

    /// <summary>What Ctrl-C does.</summary>
    public static async Task<int> InterruptAsync(this ChildProcess app)
    {
        await app.SignalAsync("INT");
        return await app.ExitAsync();
    }
}
