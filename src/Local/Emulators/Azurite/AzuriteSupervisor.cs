using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.Azurite;

/// <summary>
/// Keeps one Azurite process running: when it ends by itself, another takes its port, after a wait that grows.
/// </summary>
internal sealed partial class AzuriteSupervisor : IAsyncDisposable
{
    // Quick at first, since a single crash should not be noticed; then slower, since what fails five times in a row
    // will fail again.
    static readonly TimeSpan[] Backoff =
        [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10),
            TimeSpan.FromSeconds(30)];

    // A process that has lived this long was well: its end starts a new count.
    static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    readonly Func<int, CancellationToken, Task<AzuriteProcess>> start;
    readonly ILogger logger;
    readonly TimeProvider clock;
    readonly CancellationTokenSource stopping = new();
    readonly Task supervision;
    volatile AzuriteProcess current;

    AzuriteSupervisor(
        Func<int, CancellationToken, Task<AzuriteProcess>> start, AzuriteProcess first, ILogger logger,
        TimeProvider clock)
    {
        this.start = start;
        this.logger = logger;
        this.clock = clock;
        current = first;
        Port = first.Port;
        supervision = SuperviseAsync();
    }

    public int Port { get; }

    public int ProcessId => current.Id;

    /// <summary>
    /// Starts the first process with <paramref name="start"/> on the port given; 0 for any free one, which the later
    /// ones keep.
    /// </summary>
    public static async Task<AzuriteSupervisor> StartAsync(
        Func<int, CancellationToken, Task<AzuriteProcess>> start,
        int port,
        ILogger logger,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        new(start, await start(port, cancellationToken), logger, clock);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await supervision;
        var wasRunning = !current.Ended.IsCompleted;
        await current.StopAsync();
        var (exitCode, lastOutput) = await current.Ended;
        if (wasRunning && exitCode != 0)
        {
            Log.NotSaved(logger, exitCode, lastOutput);
        }

        current.Dispose();
        stopping.Dispose();
    }

    async Task SuperviseAsync()
    {
        try
        {
            var serving = true;
            for (var failures = 0; failures < Backoff.Length; failures++)
            {
                if (serving && await EndsAfterLongLifeAsync())
                {
                    failures = 0;
                }

                await Task.Delay(Backoff[failures], clock, stopping.Token);
                serving = await TryRestartAsync();
            }

            Log.GivenUp(logger, Backoff.Length);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed: that is how supervision ends.
        }
    }

    async Task<bool> EndsAfterLongLifeAsync()
    {
        var began = clock.GetTimestamp();
        var (exitCode, lastOutput) = await current.Ended.WaitAsync(stopping.Token);
        Log.Ended(logger, current.Id, exitCode, lastOutput);
        return clock.GetElapsedTime(began) >= Healthy;
    }

    async Task<bool> TryRestartAsync()
    {
        try
        {
            var next = await start(Port, stopping.Token);
            var ended = current;
            current = next;
            ended.Dispose();
            Log.Restarted(logger, next.Id, Port);
            return true;
        }
        catch (EmulatorStartException exception)
        {
            Log.NotRestarted(logger, exception.Message);
            return false;
        }
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "Azurite (process {ProcessId}) ended by itself with code {ExitCode} and is started again. It said: "
            + "{LastOutput}")]
        public static partial void Ended(ILogger logger, int processId, int exitCode, string lastOutput);

        [LoggerMessage(2, LogLevel.Information, "Azurite runs again as process {ProcessId} on port {Port}")]
        public static partial void Restarted(ILogger logger, int processId, int port);

        [LoggerMessage(3, LogLevel.Warning, "Azurite could not be started again: {Reason}")]
        public static partial void NotRestarted(ILogger logger, string reason);

        [LoggerMessage(
            4, LogLevel.Error,
            "Azurite ended or failed to start {Times} times in a row and is left alone now: no table can be reached. "
            + "Restart the app")]
        public static partial void GivenUp(ILogger logger, int times);

        [LoggerMessage(
            5, LogLevel.Error,
            "Azurite ended with code {ExitCode} when it was stopped, and the last changes of the tables may be lost. "
            + "Look whether there is room on the disk, and whether the folder of the tables can be written to. It "
            + "said: {LastOutput}")]
        public static partial void NotSaved(ILogger logger, int exitCode, string lastOutput);
    }
}
