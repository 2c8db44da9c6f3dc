using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A clock that stands still until a test skips to the end of what is waited for next.</summary>
sealed class SteppedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    TimeSpan _setBy;

    /// <summary>Waits that end at once, without the clock going on.</summary>
    public Predicate<TimeSpan> PassesAtOnce { get; set; } = _ => false;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (PassesAtOnce(dueTime))
        {
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }

        var timer = base.CreateTimer(callback, state, dueTime, period);
        // A timer that is set later waits for nothing yet.
        if (dueTime >= TimeSpan.Zero)
        {
            _waits.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _setBy;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Sets the time of day, as somebody may set a machine's. What is measured goes on.</summary>
    public void Set(TimeSpan by) => _setBy += by;

    /// <summary>Waits until somebody waits, and skips it.</summary>
    /// <returns>How long it was.</returns>
    public async Task<TimeSpan> SkipAsync()
    {
        var wait = await _waits.Reader.ReadAsync();
        Advance(wait);
        return wait;
    }

    /// <summary>Skips all waits of a piece of work until it ends.</summary>
    /// <returns>How long each was.</returns>
    public async Task<IReadOnlyList<TimeSpan>> SkipAllAsync(Task work)
    {
        var skipped = new List<TimeSpan>();
        using var ended = new CancellationTokenSource();
        _ = work.ContinueWith(_ => ended.CancelAsync(), TaskScheduler.Default).Unwrap();
        try
        {
            while (true)
            {
                var wait = await _waits.Reader.ReadAsync(ended.Token);
                Advance(wait);
                skipped.Add(wait);
            }
        }
        catch (OperationCanceledException)
        {
            return skipped;
        }
    }
}
