using System.Collections.Concurrent;

namespace Azure.Messaging.ServiceBus.Tests.Retrying;

/// <summary>A clock on which waits shorter than a limit are over at once, and longer ones never.</summary>
sealed class SkippingTime(TimeSpan limit) : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Skipped { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= limit) return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        Skipped.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
