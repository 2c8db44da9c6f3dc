using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>Keeps a message locked while its function runs: renews when half of what was left has passed, up to a longest time.</summary>
internal sealed partial class LockRenewal : IAsyncDisposable
{
    /// <summary>The shortest wait between renewals, should a lock be even shorter or the clocks disagree.</summary>
    static readonly TimeSpan s_shortestWait = TimeSpan.FromMilliseconds(100);

    readonly LockedMessage _locked;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stop;
    readonly Task _loop;

    LockRenewal(LockedMessage locked, TimeSpan longest, TimeProvider time, ILogger logger)
    {
        _locked = locked;
        _time = time;
        _logger = logger;
        _stop = new(longest, time);
        _loop = RunAsync();
    }

    /// <param name="locked">The message.</param>
    /// <param name="longest">For how long; zero for not at all.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where a lost lock is told.</param>
    public static LockRenewal Start(LockedMessage locked, TimeSpan longest, TimeProvider time, ILogger logger) => new(locked, longest, time, logger);

    /// <summary>Stops renewing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(WaitFor(_locked.Message.LockedUntil - _time.GetUtcNow()), _time, _stop.Token);
                if (_locked.IsOver || !await TryRenewAsync())
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The function has ended, or the longest time has passed.
        }
    }

    /// <returns>Whether there is a lock left to renew.</returns>
    async Task<bool> TryRenewAsync()
    {
        try
        {
            await _locked.Receiver.RenewMessageLockAsync(_locked.Message, _stop.Token);
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception) when (_locked.IsOver)
        {
            // Settled while the renewal was under way.
            return false;
        }
        catch (Exception failure)
        {
            var lost = failure is ServiceBusException { Reason: ServiceBusFailureReason.MessageLockLost } || _locked.Message.LockedUntil <= _time.GetUtcNow();
            if (lost)
            {
                Log.Lost(_logger, failure, _locked.Message.MessageId, _locked.Receiver.EntityPath);
            }

            return !lost;
        }
    }

    static TimeSpan WaitFor(TimeSpan left) => left / 2 > s_shortestWait ? left / 2 : s_shortestWait;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The lock of message {MessageId} of {Queue} is lost: the message will be delivered again while its function still runs.")]
        public static partial void Lost(ILogger logger, Exception failure, string? messageId, string queue);
    }
}
