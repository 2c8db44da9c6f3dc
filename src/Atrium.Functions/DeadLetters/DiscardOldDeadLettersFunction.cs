using System.Globalization;
using Atrium.Functions.Jobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.DeadLetters;

/// <summary>Starts the jobs that discard what has lain in dead-letter queues for too long, whosever it is.</summary>
internal sealed class DiscardOldDeadLettersFunction(JobStarter starter, IOptions<DeadLetterOptions> options, TimeProvider time)
{
    /// <summary>Every night at 04:00 UTC. What fails is tried again the next night.</summary>
    [Function("DiscardOldDeadLetters")]
    public async Task RunAsync([TimerTrigger("0 0 4 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var old = new DeadLetterFilter { To = today.AddDays(-options.Value.RetentionDays) };
        foreach (var source in DeadLetterQueues.All)
        {
            // The key makes it one job a night, however often the timer fires.
            var key = string.Create(CultureInfo.InvariantCulture, $"retention {today:yyyy-MM-dd} {source}");
            await starter.StartAsync(JobTenant.System, JobKind.Discard, source, old.Write(), key, cancellationToken);
        }
    }
}
