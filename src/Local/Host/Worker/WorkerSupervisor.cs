using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Worker;

/// <summary>Keeps a worker running: one that dies is followed by another, as often as the budget allows.</summary>
internal sealed partial class WorkerSupervisor(
    Func<CancellationToken, Task<RunningWorker>> start, RestartBudget budget,
    ILogger<WorkerSupervisor> logger) : IAsyncDisposable
{
    readonly CancellationTokenSource _stopped = new();
    readonly CancellationTokenSource _none = new();
    readonly TaskCompletionSource<string> _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile TaskCompletionSource<RunningWorker?> _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task _watch = Task.CompletedTask;

    /// <summary>Ends with a sentence when no worker is started any more.</summary>
    public Task<string> GaveUp => _gaveUp.Task;

    /// <summary>Cancelled with <see cref="GaveUp"/>.</summary>
    public CancellationToken None => _none.Token;

    /// <summary>Called with each worker after the first.</summary>
    public event Action<RunningWorker>? Restarted;

    /// <exception cref="HostStartException">It does not get ready. Only what passes is tried again, as often as the
    /// budget allows: what else keeps the first from starting keeps the next.</exception>
    public async Task<RunningWorker> StartAsync(CancellationToken cancellationToken)
    {
        var first = await FirstAsync(cancellationToken);
        _current.SetResult(first);
        _watch = WatchAsync(first, _current);
        return first;
    }

    /// <summary>The current worker, or the next one if there is none just now.</summary>
    /// <returns>Null when no worker is started any more: <see cref="GaveUp"/> says why.</returns>
    public async Task<RunningWorker?> CurrentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var current = _current;
            var worker = await current.Task.WaitAsync(cancellationToken);
            if (worker is null or { Lost.IsCompleted: false })
            {
                return worker;
            }

            Forget(current);
        }
    }

    /// <summary>Has the worker end, and starts no other.</summary>
    public async Task StopAsync()
    {
        await _stopped.CancelAsync();
        await _watch;
        if (_current.Task is { IsCompletedSuccessfully: true, Result: { } worker })
        {
            await worker.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopped.Dispose();
        _none.Dispose();
    }

    async Task<RunningWorker> FirstAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await start(cancellationToken);
            }
            catch (HostStartException failed) when (failed.Passes && budget.TrySpend())
            {
                Log.TriedAgain(logger);
            }
        }
    }

    // Called when a worker is seen to be gone. Calls to it fail, and a message that is given to it again and again soon
    // becomes a dead letter.
    void Forget(TaskCompletionSource<RunningWorker?> gone) =>
        Interlocked.CompareExchange(ref _current, new(TaskCreationOptions.RunContinuationsAsynchronously), gone);

    async Task WatchAsync(RunningWorker worker, TaskCompletionSource<RunningWorker?> current)
    {
        try
        {
            while (true)
            {
                await worker.Lost.WaitAsync(_stopped.Token);
                Forget(current);
                await worker.DisposeAsync();
                Log.Died(logger, worker.ProcessId, await worker.Ended);
                if (await NextAsync() is not { } next)
                {
                    return;
                }

                (worker, current) = (next, _current);
                Restarted?.Invoke(worker);
                current.SetResult(worker);
                Log.Restarted(logger, worker.ProcessId);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception unforeseen)
        {
            // The host must not live on without a worker.
            _gaveUp.SetException(unforeseen);
            await TellNoneAsync();
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
                Log.NotStarted(logger, failed.Message.Length > 0 ? failed.Message : "its reason stands above.");
            }
        }

        _gaveUp.SetResult(
            $"The app's process has died again, after {budget.Restarts} restarts within "
            + $"{RestartBudget.Window.TotalMinutes:0} minutes. "
            + "The host stops; what the process last said stands above.");
        await TellNoneAsync();
        return null;
    }

    Task TellNoneAsync()
    {
        _current.TrySetResult(null);
        return _none.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Error,
            "The worker (process {ProcessId}) has died with exit code {ExitCode}. What it was doing fails, "
            + "and comes again.")]
        public static partial void Died(ILogger logger, int processId, int exitCode);

        [LoggerMessage(2, LogLevel.Information, "The worker runs again (process {ProcessId}).")]
        public static partial void Restarted(ILogger logger, int processId);

        [LoggerMessage(3, LogLevel.Error, "The worker has not come up again: {Reason}")]
        public static partial void NotStarted(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Warning, "The worker is started once more.")]
        public static partial void TriedAgain(ILogger logger);
    }
}
