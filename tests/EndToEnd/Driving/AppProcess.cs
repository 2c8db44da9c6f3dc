using System.Diagnostics;
using System.Reflection;
using System.Text;
using Atrium.Processes;

namespace Atrium.EndToEnd;

/// <summary>The app as its users start it: a process with arguments, environment, output and an exit code.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    readonly Process _process;
    readonly StringBuilder _output = new();
    readonly Lock _gate = new();
    readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _awaited = [];

    AppProcess(Process process) => _process = process;

    /// <summary>Everything printed until now, on both streams.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    public static AppProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            [Built("Host"), Built("App"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new AppProcess(new Process { StartInfo = start });
        process._process.OutputDataReceived += (_, line) => process.Hear(line.Data);
        process._process.ErrorDataReceived += (_, line) => process.Hear(line.Data);
        Interrupts.Allow();
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The next line, or one printed before, that matches.</summary>
    public async Task<string> LineAsync(Func<string, bool> matches)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_output.ToString().Split('\n').FirstOrDefault(matches) is { } line)
            {
                return line;
            }

            _awaited.Add((matches, found));
        }

        var ended = ExitAsync();
        if (await Task.WhenAny(found.Task, ended) == ended)
        {
            throw new InvalidOperationException(
                $"The app ended with {await ended} before it printed what was awaited:\n{Output}");
        }

        return await found.Task;
    }

    /// <summary>The exit code, when it has ended and all its output was read.</summary>
    public async Task<int> ExitAsync()
    {
        try
        {
            await _process.WaitForExitAsync().Soon();
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The app did not end within {Patience.Limit}:\n{Output}");
        }
    }

    /// <summary>What Ctrl-C does.</summary>
    public async Task<int> InterruptAsync()
    {
        await SignalAsync("INT");
        return await ExitAsync();
    }

    /// <summary>Sends a signal, and does not wait for what comes of it.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>What <c>kill -9</c> does: no handler runs, no buffer is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await InterruptAsync();
        }

        _process.Dispose();
    }

    static string Built(string what) =>
        typeof(AppProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == what).Value!;

    void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _output.Append(line).Append('\n');
            _awaited.RemoveAll(awaited => awaited.Matches(line) && awaited.Found.TrySetResult(line));
        }
    }
}
