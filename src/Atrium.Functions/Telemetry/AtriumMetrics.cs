using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Atrium.Functions.Messaging;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// What the app counts and measures. A tag's values are few and known beforehand: never a tenant, a subscription or a
/// URL, which the log lines have. Names and tags are a contract, which dashboards and alerts are built on.
/// </summary>
internal sealed class AtriumMetrics
{
    public const string MeterName = "Atrium.Webhook";

    // From an answer in the same data centre to the longest time that an attempt may take, in seconds.
    static readonly double[] DurationBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60];

    // From "at once" to a queue that has been standing for a day, in seconds.
    static readonly double[] LagBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400];

    readonly Counter<long> _ingested;
    readonly Counter<long> _fannedOut;
    readonly Counter<long> _created;
    readonly Counter<long> _attempts;
    readonly Histogram<double> _duration;
    readonly Histogram<double> _lag;
    readonly UpDownCounter<long> _inFlight;
    readonly Counter<long> _putBack;
    readonly Counter<long> _parked;
    readonly Counter<long> _deadLetters;
    readonly Counter<long> _indexed;
    readonly Counter<long> _lookups;

    /// <param name="meters">Makes the meter.</param>
    /// <param name="queues">What was measured last of the queues.</param>
    public AtriumMetrics(IMeterFactory meters, QueueMeasures queues)
    {
        var meter = meters.Create(MeterName);
        _ingested = meter.CreateCounter<long>("webhook.events.ingested", "{event}", "Events accepted over HTTP.");
        _fannedOut = meter.CreateCounter<long>(
            "webhook.events.fanned_out", "{event}", "Events whose deliveries are on their queue.");
        _created = meter.CreateCounter<long>(
            "webhook.deliveries.created", "{delivery}",
            "Deliveries made of events, one for each subscription that takes one.");
        _attempts = meter.CreateCounter<long>(
            "webhook.delivery.attempts", "{attempt}", "Attempts by what came of them.");
        _duration = meter.CreateHistogram(
            "webhook.delivery.duration", "s", "How long an attempt's request took, its response included.",
            advice: Buckets(DurationBuckets));
        _lag = meter.CreateHistogram(
            "webhook.delivery.lag", "s",
            "How long after it was first due an attempt began, whatever put it back meanwhile.",
            advice: Buckets(LagBuckets));
        _inFlight = meter.CreateUpDownCounter<long>(
            "webhook.delivery.in_flight", "{request}", "Requests to endpoints that are under way.");
        _putBack = meter.CreateCounter<long>(
            "webhook.put_back", "{message}", "Messages put back uncounted, to come again within half an hour.");
        _parked = meter.CreateCounter<long>(
            "webhook.delivery.parked", "{delivery}", "Deliveries parked since their subscription is paused.");
        _deadLetters = meter.CreateCounter<long>(
            "webhook.dead_letters", "{message}",
            "Messages that the app dead-letters; the broker adds some of its own.");
        _indexed = meter.CreateCounter<long>(
            "webhook.dead_letters.indexed", "{message}",
            "Dead letters by why, the app's own and the broker's, as they come into the index.");
        _lookups = meter.CreateCounter<long>(
            "webhook.cache.lookups", "{lookup}", "Look-ups of what is kept in memory.");
        meter.CreateObservableGauge(
            "webhook.queue.oldest_age",
            queues.Oldest,
            "s",
            "Age of the oldest message on the queue that is due. One instance measures it each minute.");
    }

    public void EventIngested() => _ingested.Add(1);

    public void EventFannedOut(int deliveries)
    {
        _fannedOut.Add(1);
        _created.Add(deliveries);
    }

    /// <param name="outcome">How it ended.</param>
    /// <param name="errorClass">Whose fault a failure was; null when nothing went wrong.</param>
    /// <param name="lag">How long after it was due it began, 0 or more.</param>
    /// <param name="duration">How long its request took; null when none was made.</param>
    public void Attempted(string outcome, string? errorClass, TimeSpan lag, TimeSpan? duration)
    {
        _attempts.Add(1, new(MetricTag.Outcome, outcome), new(MetricTag.ErrorClass, errorClass ?? MetricTag.NoError));
        _lag.Record(lag.TotalSeconds);
        if (duration is { TotalSeconds: var seconds })
        {
            _duration.Record(seconds, new KeyValuePair<string, object?>(MetricTag.Outcome, outcome));
        }
    }

    /// <summary>Counts a request as under way until it is disposed of.</summary>
    public IDisposable RequestUnderWay()
    {
        _inFlight.Add(1);
        return new UnderWay(_inFlight);
    }

    /// <param name="queue">Where the message lies.</param>
    /// <param name="reason">One of <see cref="PutBackReason"/>.</param>
    public void PutBack(string queue, string reason) =>
        _putBack.Add(1, new(MetricTag.Queue, queue), new(MetricTag.Reason, reason));

    public void Parked() => _parked.Add(1);

    /// <param name="queue">Where the message lay.</param>
    /// <param name="reason">A constant; never what a message says.</param>
    public void DeadLettered(string queue, string reason) =>
        _deadLetters.Add(1, new(MetricTag.Queue, queue), new(MetricTag.Reason, reason));

    /// <param name="queue">Where the messages lay.</param>
    /// <param name="reason">One of a few known beforehand; never what a message says.</param>
    /// <param name="count">How many.</param>
    public void Indexed(string queue, string reason, int count) =>
        _indexed.Add(count, new(MetricTag.Queue, queue), new(MetricTag.Reason, reason));

    /// <param name="cache">One of <see cref="CacheName"/>.</param>
    /// <param name="hit">Whether it was there, or was being read for somebody else already.</param>
    public void LookedUp(string cache, bool hit) =>
        _lookups.Add(1, new(MetricTag.Cache, cache), new(MetricTag.Result, hit ? MetricTag.Hit : MetricTag.Miss));

    static InstrumentAdvice<double> Buckets(double[] boundaries) => new() { HistogramBucketBoundaries = boundaries };

    sealed class UnderWay(UpDownCounter<long> requests) : IDisposable
    {
        public void Dispose() => requests.Add(-1);
    }
}

/// <summary>Names of the metrics' tags, and those of their values that are nobody else's.</summary>
internal static class MetricTag
{
    public const string Outcome = "outcome";
    public const string ErrorClass = "error_class";
    public const string Queue = "queue";
    public const string Reason = "reason";
    public const string Cache = "cache";
    public const string Result = "result";

    /// <summary>The error class of what went well.</summary>
    public const string NoError = "none";

    public const string Hit = "hit";
    public const string Miss = "miss";
}

/// <summary>What is kept in memory.</summary>
internal static class CacheName
{
    public const string Subscriptions = "subscriptions";
    public const string Secrets = "secrets";
    public const string Headers = "headers";
    public const string Overview = "overview";
    public const string PortalSessions = "portal-sessions";
}

/// <summary>The last measurement of each queue, which the gauges read.</summary>
internal sealed class QueueMeasures(TimeProvider time)
{
    /// <summary>
    /// For how long a measure is shown. One instance measures for all; when another takes over, this one's last must
    /// not stay.
    /// </summary>
    public static readonly TimeSpan ShownFor = TimeSpan.FromMinutes(3);

    readonly ConcurrentDictionary<string, (TimeSpan Age, DateTimeOffset At)> _oldest = new();

    /// <param name="age">Age of the oldest waiting message; zero when none waits.</param>
    public void TellOldest(string queue, TimeSpan age) => _oldest[queue] = (age, time.GetUtcNow());

    public IEnumerable<Measurement<double>> Oldest() =>
        from told in _oldest
        where IsFresh(told.Value.At)
        select new Measurement<double>(
            told.Value.Age.TotalSeconds, new KeyValuePair<string, object?>(MetricTag.Queue, told.Key));

    bool IsFresh(DateTimeOffset at) => time.GetUtcNow() - at < ShownFor;
}
