using System.Diagnostics;
using System.Reflection;
using Atrium.Processes;

namespace Atrium.Local.Host.Tests.Support;

/// <summary>The host as `dotnet run` starts it: a process with arguments, settings, output and an exit code.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    readonly Process _process;
    readonly List<string> _lines = [];
    readonly List<string> _errors = [];
    readonly Lock _gate = new();
    readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _awaited = [];

    HostProcess(Process process) => _process = process;

    /// <summary>The host's assembly, and the sample app's.</summary>
    public static string Host { get; } = Built("Host");

    /// <inheritdoc cref="Host"/>
    public static string App { get; } = Built("App");

    public int Id { get; private set; }

    /// <summary>Everything printed until now, on both streams.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>What stands on standard error.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_gate)
            {
                return [.. _errors];
            }
        }
    }

    /// <summary>Starts it as the leader of a process group, as a shell does at a terminal.</summary>
    /// <param name="arguments">The app's assembly, and what follows it.</param>
    /// <param name="settings">The app's settings, as environment variables.</param>
    /// <param name="output">The file that it prints to, instead of to the test; on Unix only.</param>
    public static HostProcess Start(
        IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> settings, string? output = null)
    {
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? path
            : "dotnet";
        string[] redirection = output is null ? [] : ["sh", "-c", $"exec \"$@\" > {output} 2>&1", "sh"];
        string[] command = OperatingSystem.IsWindows() ? [dotnet, Host] : ["setsid", .. redirection, dotnet, Host];
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var host = new HostProcess(new() { StartInfo = start });
        host._process.OutputDataReceived += (_, line) => host.Hear(line.Data, isError: false);
        host._process.ErrorDataReceived += (_, line) => host.Hear(line.Data, isError: true);
        Interrupts.Allow();
        host._process.Start();
        host.Id = host._process.Id;
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    /// <summary>The next line, or one printed before, that has this in it.</summary>
    public Task<string> LineAsync(string part) => LineAsync(line => line.Contains(part, StringComparison.Ordinal));

    /// <inheritdoc cref="LineAsync(string)"/>
    public async Task<string> LineAsync(Func<string, bool> matches)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.FirstOrDefault(matches) is { } line)
            {
                return line;
            }

            _awaited.Add((matches, found));
        }

        var ended = ExitAsync();
        await Task.WhenAny(found.Task, ended);
        return found.Task.IsCompleted
            ? await found.Task
            : throw new InvalidOperationException(
                $"The host ended with {await ended} before it printed what was awaited:\n{string.Join('\n', Lines)}");
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
            throw new TimeoutException($"The host goes on:\n{string.Join('\n', Lines)}");
        }
    }

    /// <summary>Sends a signal to the process alone.</summary>
    public Task SignalAsync(string signal) => Signals.SendAsync(signal, Id);

    /// <summary>What Ctrl-C does: every process of the terminal's group gets it.</summary>
    public Task InterruptGroupAsync() => Signals.SendAsync("INT", -Id);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                await SignalAsync("TERM");
                await SignalAsync("TERM");
                await ExitAsync();
            }
        }
        finally
        {
            // Whatever a test has found: nothing of it is left.
            _process.Kill();
            _process.Dispose();
        }
    }

    static string Built(string what) =>
        typeof(HostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == what).Value!;

    void Hear(string? line, bool isError)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
            if (isError)
            {
                _errors.Add(line);
            }

            foreach (var (_, found) in _awaited.Where(awaited => awaited.Matches(line)))
            {
                found.TrySetResult(line);
            }
        }
    }
}
