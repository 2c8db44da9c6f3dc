namespace Atrium.Local.Emulators.Tests.JavaScript;

/// <summary>
/// The machine's clock, which a script sets ahead: it need not wait for what is due then, nor hurry before. Timers go
/// off when it is set, and look for what is due.
/// </summary>
sealed class ClockAhead : TimeProvider
{
    long _ticks;

    event Action? Set;

    public TimeSpan Ahead
    {
        get => new(Interlocked.Read(ref _ticks));
        set
        {
            Interlocked.Exchange(ref _ticks, value.Ticks);
            Set?.Invoke();
        }
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Set += () => callback(state);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
