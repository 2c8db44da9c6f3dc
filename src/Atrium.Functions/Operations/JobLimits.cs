using Atrium.Functions.Jobs;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of jobs.</summary>
internal sealed record JobLimits
{
    /// <summary>Jobs of a tenant that have not ended.</summary>
    public int MaxUnfinished { get; } = JobStarter.MaxUnfinished;

    public int DefaultPage { get; } = ListJobsFunction.DefaultLimit;

    public int MaxPage { get; } = ListJobsFunction.MaxLimit;

    /// <summary>Messages that are acted upon together; progress is written after each batch.</summary>
    public int BatchSize { get; } = QueueSweep.BatchSize;

    /// <summary>After how long without progress a job's step is sent again.</summary>
    public double SilenceSeconds { get; } = WatchJobsFunction.Silence.TotalSeconds;

    /// <summary>How often that is done before the job has failed.</summary>
    public int MaxNudges { get; } = WatchJobsFunction.MaxNudges;

    /// <summary>How long jobs are kept that have ended.</summary>
    public double RetentionSeconds { get; } = WatchJobsFunction.Retention.TotalSeconds;
}
