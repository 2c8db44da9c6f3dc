using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Operations;

/// <summary>Measures the queues for whoever watches the metrics: what lies in their dead-letter queues and why, and how long the oldest message waits.</summary>
internal sealed class MeasureQueuesFunction(DeadLetterMeasure letters, OldestWaiting oldest, QueueMeasures measures)
{
    /// <summary>Every minute. What fails keeps nothing else from being measured, and fails the run; it is tried again the next minute.</summary>
    [Function("MeasureQueues")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => Task.WhenAll(
    [
        .. Queues.All.Select(queue => CountAsync(queue, cancellationToken)),
        .. Queues.All.Select(queue => AgeAsync(queue, cancellationToken)),
    ]);

    async Task CountAsync(string queue, CancellationToken cancellationToken) =>
        measures.TellDeadLetters(queue, await letters.CountAsync(queue, cancellationToken));

    async Task AgeAsync(string queue, CancellationToken cancellationToken)
    {
        if (await oldest.AgeAsync(queue, cancellationToken) is { } age)
        {
            measures.TellOldest(queue, age);
        }
    }
}
