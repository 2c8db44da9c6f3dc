using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Host.Tests.Support;

/// <summary>A clock that moves when told, and tells when somebody has begun to wait on it.</summary>
internal sealed class SteppedTime : FakeTimeProvider
{
    readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public SteppedTime()
        : base(new DateTimeOffset(2026, 4, 15, 9, 30, 0, TimeSpan.Zero))
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until somebody waits for that long; other waits are passed over.</summary>
    public async Task BegunAsync(TimeSpan wait)
    {
        while (await _waits.Reader.ReadAsync().AsTask().Soon() != wait)
        {
        }
    }

    /// <summary>Waits until somebody waits for that long, and moves the clock so far that it ends.</summary>
    public async Task PassAsync(TimeSpan wait)
    {
        await BegunAsync(wait);
        Advance(wait);
    }
}
