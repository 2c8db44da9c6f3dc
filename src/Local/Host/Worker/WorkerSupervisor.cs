using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Worker;

/// <summary>Keeps a worker running: one that dies is followed by another, as often as the budget allows.</summary>
internal sealed partial class WorkerSupervisor(
    Func<CancellationToken, Task<RunningWorker>> start, RestartBudget budget, ILogger<WorkerSupervisor> logger) : IAsyncDisposable
{
    readonly CancellationTokenSource _stopped = new();
    readonly TaskCompletionSource<string> _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile TaskCompletionSource<RunningWorker> _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task _watch = Task.CompletedTask;

    /// <summary>Ends with a sentence when no worker is started any more.</summary>
    public Task<string> GaveUp => _gaveUp.Task;

    /// <summary>Told of each worker that follows the first.</summary>
    public event Action<RunningWorker>? Restarted;

    /// <exception cref="HostStartException">It does not get ready. Nothing is tried again: what keeps the first from starting keeps the next.</exception>
    public async Task<RunningWorker> StartAsync(CancellationToken cancellationToken)
    {
        var first = await start(cancellationToken);
        _current.SetResult(first);
        _watch = WatchAsync(first);
        return first;
    }

    /// <summary>The worker that runs, or the next when there is none just now.</summary>
    public Task<RunningWorker> CurrentAsync(CancellationToken cancellationToken) => _current.Task.WaitAsync(cancellationToken);

    /// <summary>Has the worker end, and starts no other.</summary>
    public async Task StopAsync()
    {
        await _stopped.CancelAsync();
        await _watch;
        if (_current.Task is { IsCompletedSuccessfully: true, Result: var worker })
        {
            await worker.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopped.Dispose();
    }

    async Task WatchAsync(RunningWorker worker)
    {
        try
        {
            while (true)
            {
                var exitCode = await worker.Ended.WaitAsync(_stopped.Token);
                _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
                await worker.DisposeAsync();
                Log.Died(logger, worker.ProcessId, exitCode);
                if (await NextAsync() is not { } next)
                {
                    return;
                }

                worker = next;
                _current.SetResult(worker);
                Log.Restarted(logger, worker.ProcessId);
                Restarted?.Invoke(worker);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception mistake)
        {
            // Of ours: whoever waits for the end hears of it.
            _gaveUp.TrySetException(mistake);
        }
    }

    // One that dies while it starts is a death like any other.
    async Task<RunningWorker?> NextAsync()
    {
        while (budget.TrySpend())
        {
            try
            {
                return await start(_stopped.Token);
            }
            catch (HostStartException failed)
            {
                Log.NotStarted(logger, failed.Message);
            }
        }

        _gaveUp.SetResult($"The app's process has died again, after {budget.Restarts} restarts within {RestartBudget.Window.TotalMinutes:0} minutes. "
            + "The host stops; what the process last said stands above.");
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The worker (process {ProcessId}) has died with exit code {ExitCode}. What it was doing fails, and comes again.")]
        public static partial void Died(ILogger logger, int processId, int exitCode);

        [LoggerMessage(3, LogLevel.Error, "The worker has not come up again: {Reason}")]
        public static partial void NotStarted(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "The worker runs again (process {ProcessId}).")]
        public static partial void Restarted(ILogger logger, int processId);
    }
}
