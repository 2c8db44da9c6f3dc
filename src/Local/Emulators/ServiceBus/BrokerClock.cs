namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>
/// The broker's clock. Durations run <c>speed</c> times as fast as in reality; timestamps from and to clients are real
/// time.
/// </summary>
internal sealed class BrokerClock
{
    readonly TimeProvider _time;
    readonly double _speed;
    readonly Lock _gate = new();
    Moment _anchor;
    Moment _latest;

    /// <param name="time">Real time.</param>
    /// <param name="speed">Broker time per real time.</param>
    /// <param name="last">The last reading of the clock, with its speed then; null for a new broker.</param>
    public BrokerClock(TimeProvider time, double speed, ClockAnchor? last)
    {
        _time = time;
        _speed = speed;
        var wall = time.GetUtcNow().UtcDateTime;
        _anchor = new Moment(last is null ? new BrokerTime(wall.Ticks) : Elapse(last.Moment, wall, last.Speed), wall);
        _latest = _anchor;
    }

    public ClockAnchor Anchor => new(Now(), _speed);

    public Moment Now()
    {
        lock (_gate)
        {
            var wall = _time.GetUtcNow().UtcDateTime;
            if (wall < _latest.Wall)
            {
                // A real clock that was set back must neither unlock, expire or forget anything twice, nor keep
                // anything for as long: the broker's clock goes on from where it was.
                _anchor = _latest with { Wall = wall };
            }

            return _latest = new Moment(Elapse(_anchor, wall, _speed), wall);
        }
    }

    /// <summary>
    /// When something that a client wants at a real instant falls due here: as long from now as it is in reality, in
    /// broker time.
    /// </summary>
    public static BrokerTime ToBroker(DateTime wall, Moment now) => now.Broker + (wall - now.Wall);

    /// <summary>The real instant at which the broker's clock shows <paramref name="time"/>.</summary>
    public DateTime ToWall(BrokerTime time, Moment now)
    {
        // Only the distance is divided: an instant in ticks is more than a double can hold exactly.
        var distance = (time - now.Broker).Ticks / _speed;
        return new DateTime(
            Math.Max(
            0, distance >= DateTime.MaxValue.Ticks - now.Wall.Ticks
            ? DateTime.MaxValue.Ticks
            : now.Wall.Ticks + (long)distance), DateTimeKind.Utc);
    }

    /// <summary>
    /// How long in reality until the broker's clock shows <paramref name="time"/>; zero when it is past.
    /// </summary>
    public TimeSpan RealWait(BrokerTime time, Moment now)
    {
        var wait = ToWall(time, now) - now.Wall;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    static BrokerTime Elapse(Moment from, DateTime wall, double speed) =>
        from.Broker + new TimeSpan((long)(Math.Max(0, (wall - from.Wall).Ticks) * speed));
}

/// <summary>
/// A pair of instants that were the same, kept on disk so that the broker's clock goes on where it was.
/// </summary>
internal sealed record ClockAnchor(Moment Moment, double Speed);
