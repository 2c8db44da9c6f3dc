using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Egress;

/// <summary>A clock that stands until a test advances it, and tells when someone has begun to wait on it.</summary>
sealed class WatchedTime : FakeTimeProvider
{
    readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> timers = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Set(dueTime).TrySetResult();
        return timer;
    }

    /// <summary>Completes once a timer of that length has been set.</summary>
    public Task TimerOf(TimeSpan length) => Set(length).Task;

    TaskCompletionSource Set(TimeSpan length) =>
        timers.GetOrAdd(length, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
