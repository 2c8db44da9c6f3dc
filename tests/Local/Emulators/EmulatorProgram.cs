using System.Diagnostics;
using Atrium.Processes;

namespace Atrium.Local.Emulators.Tests;

/// <summary>The emulators' program as a process of its own.</summary>
sealed class EmulatorProgram : IAsyncDisposable
{
    readonly Process process;
    readonly Task<string> errors;

    EmulatorProgram(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
    }

    public static EmulatorProgram Start(params string[] arguments) => Start(path: null, arguments);

    public static EmulatorProgram Start(string? path, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LocalState).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        Interrupts.Allow();
        return new EmulatorProgram(Process.Start(start)!);
    }

    /// <summary>What stands after "<paramref name="name"/> emulator: " in the next line of standard output.</summary>
    public async Task<string> ReadyAsync(string name)
    {
        var line = await process.StandardOutput.ReadLineAsync();
        var prefix = $"{name} emulator: ";
        Assert.True(line?.StartsWith(prefix, StringComparison.Ordinal), line ?? await errors);
        return line![prefix.Length..];
    }

    /// <summary>Ends the process with no chance to do anything: kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async Task<(int ExitCode, string Errors)> SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        return await EndAsync();
    }

    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        await process.WaitForExitAsync().Soon();
        return (process.ExitCode, await errors);
    }

    /// <summary>
    /// Stops it, and waits until Azurite has saved too: after a kill it would still write to its folder.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await SignalAsync("TERM");
        }

        process.Dispose();
    }
}
