namespace Atrium.Local.Emulators.Tests.JavaScript;

/// <summary>
/// The machine's clock, which a script sets ahead: it need not wait for what is due then, nor hurry before.
/// </summary>
sealed class ClockAhead : TimeProvider
{
    long _ticks;

    public TimeSpan Ahead
    {
        get => new(Interlocked.Read(ref _ticks));
        set => Interlocked.Exchange(ref _ticks, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
