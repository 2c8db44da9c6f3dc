using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Atrium.Functions.Telemetry;

/// <summary>What was measured last of each queue. Whoever measures tells; the gauges read.</summary>
internal sealed class QueueMeasures(TimeProvider time)
{
    /// <summary>For how long a measure is shown. One instance measures for all; when another takes over, this one's last must not stay.</summary>
    public static readonly TimeSpan ShownFor = TimeSpan.FromMinutes(3);

    readonly ConcurrentDictionary<string, (IReadOnlyDictionary<string, int> ByReason, DateTimeOffset At)> _deadLetters = new();
    readonly ConcurrentDictionary<string, (TimeSpan Age, DateTimeOffset At)> _oldest = new();

    /// <param name="queue">The queue's name without its sub-queue.</param>
    /// <param name="byReason">How many lie in its dead-letter queue, by a few reasons known beforehand. A reason with none has 0, so that it is seen to grow.</param>
    public void TellDeadLetters(string queue, IReadOnlyDictionary<string, int> byReason) => _deadLetters[queue] = (byReason, time.GetUtcNow());

    /// <param name="queue">The queue's name.</param>
    /// <param name="age">How long the message has waited that has waited longest; zero when none waits.</param>
    public void TellOldest(string queue, TimeSpan age) => _oldest[queue] = (age, time.GetUtcNow());

    public IEnumerable<Measurement<long>> DeadLetters() =>
        from told in _deadLetters
        where IsFresh(told.Value.At)
        from counted in told.Value.ByReason
        select new Measurement<long>(counted.Value, new(MetricTag.Queue, told.Key), new(MetricTag.Reason, counted.Key));

    public IEnumerable<Measurement<double>> Oldest() =>
        from told in _oldest
        where IsFresh(told.Value.At)
        select new Measurement<double>(told.Value.Age.TotalSeconds, new KeyValuePair<string, object?>(MetricTag.Queue, told.Key));

    bool IsFresh(DateTimeOffset at) => time.GetUtcNow() - at < ShownFor;
}
