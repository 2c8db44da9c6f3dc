using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Atrium.Functions.Telemetry;

/// <summary>How many messages were counted last in each dead-letter queue. Whoever counts tells; the gauge reads.</summary>
internal sealed class DeadLetterDepths(TimeProvider time)
{
    /// <summary>Where counting ends: a figure of this many means so many or more. Peeking reads whole messages, and this many already call for a person.</summary>
    public const int Most = 1_000;

    /// <summary>For how long a count is shown. One instance counts for all; when another takes over, this one's last count must not stay.</summary>
    public static readonly TimeSpan ShownFor = TimeSpan.FromMinutes(3);

    readonly ConcurrentDictionary<string, (int Depth, DateTimeOffset At)> _counted = new();

    /// <param name="queue">The queue's name without its sub-queue.</param>
    /// <param name="depth">0 to <see cref="Most"/>.</param>
    public void Tell(string queue, int depth) => _counted[queue] = (depth, time.GetUtcNow());

    public IEnumerable<Measurement<long>> Current() =>
        from counted in _counted
        where time.GetUtcNow() - counted.Value.At < ShownFor
        select new Measurement<long>(counted.Value.Depth, new KeyValuePair<string, object?>(MetricTag.Queue, counted.Key));
}
