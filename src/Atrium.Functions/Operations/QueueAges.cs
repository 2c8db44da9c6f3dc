using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Operations;

/// <summary>
/// Measures how long the oldest message of each queue waits. Reports it as a gauge and as a log line. The alerts read
/// the line, because a gauge is only exported if this instance lives until the next export.
/// </summary>
internal sealed partial class QueueAges(
    OldestWaiting oldest, QueueMeasures measures, OutageLog outages, ILogger<QueueAges> logger)
{
    /// <summary>Measures once. If one queue fails, the others are still measured.</summary>
    /// <exception cref="AggregateException">Something could not be measured.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new FailureCollector(cancellationToken);
        foreach (var queue in OldestWaiting.Queues)
        {
            await failures.TryAsync($"age of {queue}", async () =>
            {
                var age = await oldest.AgeAsync(queue, cancellationToken);
                outages.Succeeded(Dependency.ServiceBus);
                if (age is { } known)
                {
                    measures.TellOldest(queue, known);
                }

                Log.Measured(logger, queue, age?.TotalSeconds);
            });
        }

        failures.Complete();
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Queue measured: {Queue}, the oldest message has waited {WaitedSeconds} s")]
        public static partial void Measured(ILogger logger, string queue, double? waitedSeconds);
    }
}
