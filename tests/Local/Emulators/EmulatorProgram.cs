using Atrium.Processes;

namespace Atrium.Local.Emulators.Tests;

/// <summary>The emulators' program as a process of its own.</summary>
static class EmulatorProgram
{
    public static ChildProcess Start(params string[] arguments) => Start([], arguments);

    public static ChildProcess Start(Dictionary<string, string> environment, string[] arguments) =>
        ChildProcess.Start(new(ChildProcess.DotNet, [typeof(LocalState).Assembly.Location, .. arguments]), environment);

    /// <summary>What stands after "<paramref name="name"/> emulator: " at the beginning of a line.</summary>
    public static async Task<string> ReadyAsync(this ChildProcess program, string name)
    {
        var prefix = $"{name} emulator: ";
        return (await program.LineAsync(line => line.StartsWith(prefix, StringComparison.Ordinal)))[prefix.Length..];
    }
}
