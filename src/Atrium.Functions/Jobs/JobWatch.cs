using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Jobs;

/// <summary>Looks after jobs without progress, and removes old ones.</summary>
internal sealed partial class JobWatch(
    JobStore jobs, JobQueue queue, TimeProvider time, ILogger<JobWatch> logger)
{
    /// <summary>
    /// How long a job may go without progress: a step takes a minute or two, and its message waits a minute when a
    /// process dies over it.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    /// <summary>How often a step is sent again before the job is given up.</summary>
    public const int MaxNudges = 3;

    /// <summary>How long jobs are kept that have ended.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    const string GivenUp =
        "Nothing was heard of it for a long time, and sending its step again did not help. What was done until then "
        + "stays done; start the job again.";

    /// <summary>Looks once. What fails is tried again the next time.</summary>
    /// <exception cref="AggregateException">Some could be neither sent again nor removed; the others are.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var failures = new FailureCollector(cancellationToken);
        await foreach (var mark in jobs.UnderWayAsync(cancellationToken))
        {
            await failures.TryAsync(NameOf(mark), () => LookAsync(mark, now, cancellationToken));
        }

        await foreach (var mark in jobs.EndedUntilAsync(now - Retention, cancellationToken))
        {
            await failures.TryAsync(NameOf(mark), () => RemoveAsync(mark, cancellationToken));
        }

        failures.Complete();
    }

    static string NameOf(JobMark mark) => $"{mark.Id} of tenant {mark.Tenant}";

    async Task LookAsync(JobMark mark, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var job = await jobs.FindAsync(mark.Tenant, mark.Id, cancellationToken);
        if (job is { EndedAt: { } endedAt })
        {
            await EndAsync(mark, job, endedAt, cancellationToken);
        }
        else if (job is not null && job.UpdatedAt <= now - Silence)
        {
            await NudgeAsync(mark, job, now, cancellationToken);
        }
        // Until then its row may be on its way.
        else if (job is null && mark.MarkedAt <= now - Silence)
        {
            await jobs.ForgetAsync(mark, cancellationToken);
        }
    }

    // A watch that gave a job up may not have learnt that this was recorded, and so not have told.
    async Task EndAsync(JobMark mark, Job job, DateTimeOffset endedAt, CancellationToken cancellationToken)
    {
        if (job.Explanation == GivenUp)
        {
            Log.GivenUp(logger, job.Tenant, job.Id, job.Step - 1);
        }

        await jobs.NoteEndedAsync(mark, endedAt, cancellationToken);
    }

    async Task RemoveAsync(JobMark mark, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(mark.Tenant, mark.Id, cancellationToken) is { } job)
        {
            await jobs.RemoveAsync(job, cancellationToken);
        }

        await jobs.ForgetAsync(mark, cancellationToken);
    }

    async Task NudgeAsync(JobMark mark, Job job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!job.IsPrepared)
        {
            // The request that made the job ended halfway, and no client knows of the job. Its key becomes free again.
            await jobs.RemoveAsync(job, cancellationToken);
            Log.NeverBegun(logger, job.Tenant, job.Id);
            return;
        }

        var next = job.Nudges < MaxNudges
            ? job with { Nudges = job.Nudges + 1 }
            : job.Ended(JobState.Failed, GivenUp, now);
        if (!next.HasEnded)
        {
            // Before it is counted: what could not be sent is no help that failed. If the count fails, it is sent again
            // with the same id.
            await queue.ScheduleAsync(JobMessage.Of(next), TimeSpan.Zero, cancellationToken);
            Log.Nudged(logger, job.Tenant, job.Id, job.Step, next.Nudges);
        }

        if (await jobs.ChangeAsync(job, current => current.Version == job.Version ? next : null, cancellationToken)
            is { HasEnded: true } ended)
        {
            await EndAsync(mark, ended, now, cancellationToken);
        }
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "Job {JobId} of tenant {Tenant} makes no progress; step {Step} sent again, time {Nudge}")]
        public static partial void Nudged(ILogger logger, string tenant, string jobId, int step, int nudge);

        [LoggerMessage(
            2, LogLevel.Error, "Job {JobId} of tenant {Tenant} makes no progress in step {Step} and is given up")]
        public static partial void GivenUp(ILogger logger, string tenant, string jobId, int step);

        [LoggerMessage(
            3, LogLevel.Warning,
            "Job {JobId} of tenant {Tenant} is removed: the request that made it ended before its first step was sent")]
        public static partial void NeverBegun(ILogger logger, string tenant, string jobId);
    }
}
