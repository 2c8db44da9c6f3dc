using System.Diagnostics;
using Atrium.Processes;

namespace Atrium.Benchmarks;

/// <summary>The emulators in a process of their own, as a store and a port of their own.</summary>
sealed class EmulatorProcess : IAsyncDisposable
{
    const string ReadyLine = "Service Bus emulator: ";

    readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("benchmark-");
    readonly ChildProcess _process;

    EmulatorProcess(IEnumerable<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Atrium.Local.Emulators.dll");
        _process = ChildProcess.Start(new(
            ChildProcess.DotNet,
            [program, "--only", "servicebus", "--port", "0", "--state", _state.FullName, .. arguments]));
    }

    public string ConnectionString { get; private set; } = "";

    /// <summary>What it has used so far. Unlike the time that passed, it does not depend on who else is busy.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            using var process = Process.GetProcessById(_process.Id);
            return process.TotalProcessorTime;
        }
    }

    /// <param name="arguments">More of the emulators' own arguments.</param>
    public static async Task<EmulatorProcess> StartAsync(params IEnumerable<string> arguments)
    {
        var emulator = new EmulatorProcess(arguments);
        try
        {
            emulator.ConnectionString = (await emulator._process.LineAsync(ReadyLine))[ReadyLine.Length..];
            emulator._process.Heard = Console.Error.WriteLine;
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _state.Delete(recursive: true);
    }
}
