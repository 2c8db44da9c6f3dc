using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Operations;

/// <summary>
/// Measures the queues: what lies in their dead-letter queues and why, and how long the oldest message waits. Told as gauges, and as a line of the log,
/// which is what the alerts read: a gauge leaves only if this instance lives until the next export.
/// </summary>
internal sealed partial class MeasureQueuesFunction(
    DeadLetterMeasure letters,
    OldestWaiting oldest,
    QueueMeasures measures,
    OutageLog outages,
    ILogger<MeasureQueuesFunction> logger)
{
    /// <summary>
    /// Every minute, one after the other, so that one page of messages at a time is in memory. What fails keeps nothing else from being measured, and fails
    /// the run at its end; it is tried again the next minute.
    /// </summary>
    /// <exception cref="AggregateException">Something could not be measured.</exception>
    [Function("MeasureQueues")]
    public async Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        foreach (var queue in Queues.All)
        {
            var age = await TryAsync(() => oldest.AgeAsync(queue, cancellationToken), failures, cancellationToken);
            var byReason = await TryAsync(() => letters.CountAsync(queue, cancellationToken), failures, cancellationToken);
            Tell(queue, age, byReason);
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    async Task<T?> TryAsync<T>(Func<Task<T>> measure, List<Exception> failures, CancellationToken cancellationToken)
    {
        try
        {
            var measured = await measure();
            outages.Succeeded(Dependency.ServiceBus);
            return measured;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            failures.Add(e);
            return default;
        }
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

        var ofOthers = byReason?.Where(counted => KnownReasons.OfOthers.Contains(counted.Key)).Sum(counted => counted.Value);
        Log.Measured(logger, queue, age?.TotalSeconds, byReason?.Values.Sum(), ofOthers);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Queue measured: {Queue}, the oldest message has waited {WaitedSeconds} s, {DeadLetters} dead letters, {DeadLettersOfOthers} of them not by the app")]
        public static partial void Measured(ILogger logger, string queue, double? waitedSeconds, int? deadLetters, int? deadLettersOfOthers);
    }
}
