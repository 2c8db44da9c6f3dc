using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Egress;

/// <summary>A clock that stands until a test advances it, and tells when someone has begun to wait on it.</summary>
sealed class WatchedTime : FakeTimeProvider
{
    readonly ConcurrentDictionary<TimeSpan, int> counts = new();
    readonly ConcurrentDictionary<(TimeSpan Length, int Number), TaskCompletionSource> timers = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Set(dueTime, counts.AddOrUpdate(dueTime, 1, (_, count) => count + 1)).TrySetResult();
        return timer;
    }

    /// <summary>Completes once so many timers of that length have been set.</summary>
    public Task TimerOf(TimeSpan length, int number = 1) => Set(length, number).Task;

    TaskCompletionSource Set(TimeSpan length, int number) =>
        timers.GetOrAdd((length, number), _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
