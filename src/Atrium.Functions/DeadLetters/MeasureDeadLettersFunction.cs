using Atrium.Functions.Deliveries;
using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Counts what lies in dead-letter queues, for whoever watches the metrics.</summary>
internal sealed class MeasureDeadLettersFunction(DeadLetterMeasure letters, DeadLetterDepths depths)
{
    /// <summary>Every minute. What fails is tried again the next minute; until then the last count is shown.</summary>
    [Function("MeasureDeadLetters")]
    public async Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        foreach (var queue in Queues.All)
        {
            depths.Tell(queue, await letters.CountAsync(queue, DeadLetterDepths.Most, cancellationToken));
        }
    }
}
