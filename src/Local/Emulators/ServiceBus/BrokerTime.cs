namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>
/// An instant on the broker's clock, which may run faster than the real one. A type of its own, so that the two are
/// never mixed.
/// </summary>
internal readonly record struct BrokerTime(long Ticks) : IComparable<BrokerTime>
{
    public static readonly BrokerTime Never = new(DateTime.MaxValue.Ticks);

    public static BrokerTime operator +(BrokerTime time, TimeSpan span) =>
        span.Ticks >= Never.Ticks - time.Ticks ? Never : new(Math.Max(0, time.Ticks + span.Ticks));

    public static TimeSpan operator -(BrokerTime later, BrokerTime earlier) => new(later.Ticks - earlier.Ticks);

    public static bool operator <=(BrokerTime left, BrokerTime right) => left.Ticks <= right.Ticks;

    public static bool operator >=(BrokerTime left, BrokerTime right) => left.Ticks >= right.Ticks;

    public static bool operator <(BrokerTime left, BrokerTime right) => left.Ticks < right.Ticks;

    public static bool operator >(BrokerTime left, BrokerTime right) => left.Ticks > right.Ticks;

    public int CompareTo(BrokerTime other) => Ticks.CompareTo(other.Ticks);
}

/// <summary>One reading of both clocks. A decision uses one reading throughout.</summary>
/// <param name="Broker">The broker's time, by which durations run.</param>
/// <param name="Wall">Real time (UTC), which is sent to clients.</param>
internal readonly record struct Moment(BrokerTime Broker, DateTime Wall);
