using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Jobs;

/// <summary>Looks after jobs of which nothing was heard, and removes old ones.</summary>
internal sealed partial class WatchJobsFunction(
    JobStore jobs, JobQueue queue, OutageLog outages, TimeProvider time, ILogger<WatchJobsFunction> logger)
{
    /// <summary>How long a job may go without progress: a step takes a minute or two, and its message waits a minute when a process dies over it.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    /// <summary>How often a step is sent again before the job is given up.</summary>
    public const int MaxNudges = 3;

    /// <summary>How long jobs are kept that have ended.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    /// <summary>Every five minutes. What fails is tried again the next time.</summary>
    [Function("WatchJobs")]
    public async Task RunAsync([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await foreach (var job in jobs.UnfinishedOfAllTenantsAsync(cancellationToken).Where(job => !job.HasEnded && job.UpdatedAt + Silence <= now))
        {
            await TryAsync(job, () => NudgeAsync(job, now, cancellationToken), cancellationToken);
        }

        await foreach (var job in jobs.EndedUntilAsync(now - Retention, cancellationToken))
        {
            await TryAsync(job, () => jobs.RemoveAsync(job, cancellationToken), cancellationToken);
        }
    }

    // One that cannot be helped must not keep the others.
    async Task TryAsync(Job job, Func<Task> help, CancellationToken cancellationToken)
    {
        try
        {
            await help();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (outages.Explains(e))
            {
                return;
            }

            Log.NotHelped(logger, e, job.Tenant, job.Id);
        }
    }

    async Task NudgeAsync(Job job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = await jobs.ChangeAsync(
            job,
            current => current.Version != job.Version ? null
                : job.Nudges < MaxNudges ? job with { Nudges = job.Nudges + 1 }
                : job.Ended(JobState.Failed, "Nothing was heard of it for a long time, and sending its step again did not help. What was done until then stays done; start the job again.", now),
            cancellationToken);
        if (changed is { HasEnded: false })
        {
            Log.Nudged(logger, job.Tenant, job.Id, job.Step, changed.Nudges);
            await queue.ScheduleAsync(JobMessage.Of(changed), TimeSpan.Zero, cancellationToken);
        }
        else if (changed is not null)
        {
            Log.GivenUp(logger, job.Tenant, job.Id, job.Step);
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Job {JobId} of tenant {Tenant} makes no progress; step {Step} sent again, time {Nudge}")]
        public static partial void Nudged(ILogger logger, string tenant, string jobId, int step, int nudge);

        [LoggerMessage(3, LogLevel.Error, "Job {JobId} of tenant {Tenant} could be neither sent again nor removed; it is tried again the next time")]
        public static partial void NotHelped(ILogger logger, Exception exception, string tenant, string jobId);

        [LoggerMessage(2, LogLevel.Error, "Job {JobId} of tenant {Tenant} makes no progress in step {Step} and is given up")]
        public static partial void GivenUp(ILogger logger, string tenant, string jobId, int step);
    }
}
