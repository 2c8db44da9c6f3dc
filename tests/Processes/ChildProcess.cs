using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;

namespace Atrium.Processes;

/// <summary>A program as its users start it: with arguments, environment, output and an exit code.</summary>
sealed class ChildProcess : IAsyncDisposable
{
    static readonly TimeSpan InterruptedAgainAfter = TimeSpan.FromMilliseconds(300);

    readonly Process _process;
    readonly Lock _gate = new();
    readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _awaited = [];

    Task? _ended;

    ChildProcess(Process process) => _process = process;

    /// <summary>What runs programs of .NET.</summary>
    public static string DotNet { get; } =
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Everything printed until now, on both streams.</summary>
    public ImmutableList<string> Lines { get; private set; } = [];

    /// <summary>What stands on standard error.</summary>
    public ImmutableList<string> Errors { get; private set; } = [];

    /// <inheritdoc cref="Lines"/>
    public string Output => string.Join('\n', Lines);

    /// <summary>Is told each line from now on.</summary>
    public Action<string>? Heard { get; set; }

    /// <param name="start">The program; its output is taken over.</param>
    /// <param name="environment">What it finds in its environment beside what is there already.</param>
    public static ChildProcess Start(
        ProcessStartInfo start, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new() { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Hear(line.Data, isError: false);
        child._process.ErrorDataReceived += (_, line) => child.Hear(line.Data, isError: true);
        Interrupts.Allow();
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Where the build has put something, by its name in the project's file.</summary>
    public static string Built(string what) => typeof(ChildProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == what).Value!;

    /// <summary>The next line, or one printed before, that has this in it.</summary>
    public Task<string> LineAsync(string part) => LineAsync(line => line.Contains(part, StringComparison.Ordinal));

    /// <summary>The next line, or one printed before, that matches.</summary>
    public async Task<string> LineAsync(Func<string, bool> matches)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Lines.FirstOrDefault(matches) is { } line)
            {
                return line;
            }

            _awaited.Add((matches, found));
        }

        try
        {
            await Task.WhenAny(found.Task, _ended ??= _process.WaitForExitAsync()).Soon();
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"What was awaited was not printed within {Patience.Limit}:\n{Output}");
        }

        return found.Task.IsCompleted
            ? await found.Task
            : throw new InvalidOperationException(
                $"It ended with {_process.ExitCode} before it printed what was awaited:\n{Output}");
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
            throw new TimeoutException($"It did not end within {Patience.Limit}:\n{Output}");
        }
    }

    /// <summary>Sends a signal to the process alone, and does not wait for what comes of it.</summary>
    public async Task SignalAsync(string name)
    {
        try
        {
            await Signals.SendAsync(name, Id);
        }
        catch (InvalidOperationException) when (HasEnded)
        {
            // It needs none any more.
        }
    }

    /// <summary>Has it stop as an impatient person does, who presses Ctrl-C until it has ended.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> InterruptUntilEndAsync()
    {
        var exit = ExitAsync();
        do
        {
            await SignalAsync("INT");
        }
        while (await Task.WhenAny(exit, Task.Delay(InterruptedAgainAfter, TimeProvider.System)) != exit);

        return await exit;
    }

    /// <summary>What <c>kill -9</c> does: no handler runs, no buffer is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>
    /// Stops it. If it were killed at once, what it has started would go on for a while, and write to its folders.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await SignalAsync("TERM");
            await ExitAsync();
        }
        finally
        {
            // If it still runs, with all that it has started.
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }

    void Hear(string? line, bool isError)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            Lines = Lines.Add(line);
            Errors = isError ? Errors.Add(line) : Errors;
            _awaited.RemoveAll(awaited => awaited.Matches(line) && awaited.Found.TrySetResult(line));
        }

        Heard?.Invoke(line);
    }
}
