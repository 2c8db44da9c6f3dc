namespace Atrium.EndToEnd;

/// <summary>The machine's clock, which a test can have leap ahead.</summary>
internal sealed class LeapingTime : TimeProvider
{
    long _ticksAhead;

    public void Leap(TimeSpan ahead) => Interlocked.Add(ref _ticksAhead, ahead.Ticks);

    public override DateTimeOffset GetUtcNow() =>
        System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ticksAhead));
}
