using System.ComponentModel;
using System.Diagnostics;

namespace Atrium.Local.Host.Worker;

/// <summary>
/// The process that the app runs in. Its standard input is a pipe that says one thing: while it is open, the host lives
/// (<see cref="StartupHook"/>). What it prints, the host prints.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>The variable that names assemblies which the runtime runs before the program.</summary>
    public const string StartupHooks = "DOTNET_STARTUP_HOOKS";

    /// <summary>What the app has started may live on, and hold its output open.</summary>
    static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(5);

    readonly Process _process;

    WorkerProcess(Process process) => _process = process;

    public int Id { get; private set; }

    /// <summary>Ends with the exit code, when everything printed has been passed on.</summary>
    public Task<int> Ended { get; private set; } = Task.FromResult(0);

    /// <param name="app">The app's assembly.</param>
    /// <param name="arguments">What the worker needs to find its host.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <exception cref="HostStartException">The process cannot be started, or not with its hook.</exception>
    public static WorkerProcess Start(
        string app, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(DotNet(), [app, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(app)!,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[StartupHooks] = WithHook(
            Environment.GetEnvironmentVariable(StartupHooks), typeof(WorkerProcess).Assembly.Location);

        var worker = new WorkerProcess(new() { StartInfo = start });
        worker._process.OutputDataReceived += (_, line) => Pass(line.Data, Console.Out);
        worker._process.ErrorDataReceived += (_, line) => Pass(line.Data, Console.Error);
        try
        {
            worker._process.Start();
        }
        catch (Win32Exception missing)
        {
            throw new HostStartException(
                $"The worker cannot be started: {missing.Message} Put the folder of `dotnet` into PATH.", missing);
        }

        worker.Id = worker._process.Id;
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        worker.Ended = worker.ExitAsync();
        return worker;
    }

    /// <summary>The list of hooks with the host's own behind those of the developer's.</summary>
    /// <exception cref="HostStartException">The path cannot stand in such a list.</exception>
    public static string WithHook(string? others, string own) => own.Contains(Path.PathSeparator)
        ? throw new HostStartException(
            $"The worker cannot be started from {own}: .NET splits a list of paths at each '{Path.PathSeparator}'. "
            + "Move the repository to a folder without that character in its path.")
        : string.IsNullOrEmpty(others) ? own : $"{others}{Path.PathSeparator}{own}";

    /// <summary>What <c>kill -9</c> does; nothing when it has ended.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception ended) when (ended is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It ended just now, or a process that it had started.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Ended;
        _process.Dispose();
    }

    async Task<int> ExitAsync()
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.Exited += (_, _) => exited.TrySetResult();
        _process.EnableRaisingEvents = true;
        var passedOn = _process.WaitForExitAsync();
        await exited.Task;
        await passedOn.WaitAsync(OutputPatience, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _process.ExitCode;
    }

    static string DotNet() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    static void Pass(string? line, TextWriter writer)
    {
        if (line is not null)
        {
            writer.WriteLine(line);
        }
    }
}
