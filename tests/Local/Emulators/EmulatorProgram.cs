using Atrium.Processes;

namespace Atrium.Local.Emulators.Tests;

/// <summary>The Service Bus emulator as a process of its own.</summary>
static class EmulatorProgram
{
    const string ReadyLine = "Service Bus emulator: ";

    /// <param name="state">The folder of its data.</param>
    /// <param name="queues">The file that declares its queues.</param>
    public static ChildProcess Start(string state, string queues) =>
        ChildProcess.Start(new(ChildProcess.DotNet, [typeof(LocalState).Assembly.Location, state, queues, "1"]));

    /// <summary>Its connection string, when it can be used.</summary>
    public static async Task<string> ReadyAsync(this ChildProcess program) =>
        (await program.LineAsync(ReadyLine))[ReadyLine.Length..];
}
