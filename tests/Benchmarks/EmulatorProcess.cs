using System.Diagnostics;

namespace Atrium.Benchmarks;

/// <summary>The emulators in a process of their own, as a store and a port of their own.</summary>
sealed class EmulatorProcess : IAsyncDisposable
{
    const string ReadyLine = "Service Bus emulator: ";
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    readonly DirectoryInfo _state;
    readonly Process _process;

    EmulatorProcess(DirectoryInfo state, Process process) => (_state, _process) = (state, process);

    public string ConnectionString { get; private set; } = "";

    /// <summary>What it has used so far. Unlike the time that passed, it does not depend on who else is busy.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <param name="arguments">More of the emulators' own arguments.</param>
    public static async Task<EmulatorProcess> StartAsync(params IEnumerable<string> arguments)
    {
        var state = Directory.CreateTempSubdirectory("benchmark-");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        var program = Path.Combine(AppContext.BaseDirectory, "Atrium.Local.Emulators.dll");
        string[] own = [program, "--only", "servicebus", "--port", "0", "--state", state.FullName];
        foreach (var argument in own.Concat(arguments)) start.ArgumentList.Add(argument);
        var emulator = new EmulatorProcess(state, Process.Start(start)!);
        try
        {
            using var limit = new CancellationTokenSource(StartLimit, TimeProvider.System);
            while (emulator.ConnectionString.Length == 0)
            {
                var line = await emulator._process.StandardOutput.ReadLineAsync(limit.Token)
                    ?? throw new InvalidOperationException(
                        "The emulator ended before it was ready. What it said is above.");
                if (line.StartsWith(ReadyLine, StringComparison.Ordinal))
                {
                    emulator.ConnectionString = line[ReadyLine.Length..].Trim();
                }
            }

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
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _state.Delete(recursive: true);
    }
}
