using System.Diagnostics;
using Atrium.Processes;

namespace Atrium.Benchmarks;

/// <summary>The Service Bus emulator in a process of its own, with a store and a port of its own.</summary>
sealed class EmulatorProcess : IAsyncDisposable
{
    const string ReadyLine = "Service Bus emulator: ";

    readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("benchmark-");
    readonly ChildProcess _process;

    EmulatorProcess(string clockSpeed)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Atrium.Local.Emulators.dll");
        var queues = Path.Combine(AppContext.BaseDirectory, "config.json");
        _process = ChildProcess.Start(new(ChildProcess.DotNet, [program, _state.FullName, queues, clockSpeed]));
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

    /// <param name="clockSpeed">How fast its waits pass.</param>
    public static async Task<EmulatorProcess> StartAsync(string clockSpeed = "1")
    {
        var emulator = new EmulatorProcess(clockSpeed);
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
