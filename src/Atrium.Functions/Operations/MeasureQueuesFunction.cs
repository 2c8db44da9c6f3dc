using Atrium.Functions.DeadLetters;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Operations;

/// <summary>
/// Measures the queues: what lies in their dead-letter queues and why, and how long the oldest message waits. Told as
/// gauges, and as a line of the log, which is what the alerts read: a gauge leaves only if this instance lives until
/// the next export.
/// </summary>
internal sealed partial class MeasureQueuesFunction(
    DeadLetterMeasure letters,
    OldestWaiting oldest,
    QueueMeasures measures,
    OutageLog outages,
    ILogger<MeasureQueuesFunction> logger)
{
    /// <summary>
    /// Every minute, one after the other, so that one page of messages at a time is in memory. What fails keeps nothing
    /// else from being measured, and fails the run at its end; it is tried again the next minute.
    /// </summary>
    /// <exception cref="AggregateException">Something could not be measured.</exception>
    [Function("MeasureQueues")]
    public async Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var separately = new Separately(cancellationToken);
        foreach (var queue in Queues.All)
        {
            var age = await separately.TryAsync(
                $"age of {queue}", () => HeardAsync(oldest.AgeAsync(queue, cancellationToken)));
            var byReason = await separately.TryAsync(
                $"dead letters of {queue}", () => HeardAsync(letters.CountAsync(queue, cancellationToken)));
            Tell(queue, age, byReason);
        }

        separately.Complete();
    }

    async Task<T> HeardAsync<T>(Task<T> measuring)
    {
        var measured = await measuring;
        outages.Succeeded(Dependency.ServiceBus);
        return measured;
    }

    void Tell(string queue, TimeSpan? age, IReadOnlyDictionary<string, int>? byReason)
    {
        if (age is { } known)
        {
            measures.TellOldest(queue, known);
        }

        if (byReason is not null)
        {
            measures.TellDeadLetters(queue, byReason);
        }

        var ofOthers = byReason?.Where(counted => KnownReasons.OfOthers.Contains(counted.Key))
            .Sum(counted => counted.Value);
        Log.Measured(logger, queue, age?.TotalSeconds, byReason?.Values.Sum(), ofOthers);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Queue measured: {Queue}, the oldest message has waited {WaitedSeconds} s, {DeadLetters} dead letters, "
                + "{DeadLettersOfOthers} of them not by the app")]
        public static partial void Measured(
            ILogger logger, string queue, double? waitedSeconds, int? deadLetters, int? deadLettersOfOthers);
    }
}
