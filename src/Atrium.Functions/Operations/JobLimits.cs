using Atrium.Functions.Jobs;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of jobs.</summary>
internal sealed record JobLimits
{
    /// <summary>Jobs of a tenant that have not ended.</summary>
    public int MaxUnfinished { get; } = JobStarter.MaxUnfinished;

    /// <summary>Messages that are acted upon together; progress is written after each batch.</summary>
    public int BatchSize { get; } = QueueSweep.BatchSize;

    /// <summary>Messages of others that a step holds while it looks for the chosen ones behind them.</summary>
    public int MaxHeldMessages { get; } = QueueSweep.MaxHeld;

    /// <summary>Steps in a row that may find what is left locked by somebody else, or behind too many others, before the job has failed.</summary>
    public int MaxFruitlessSteps { get; } = JobRunner.MaxFruitless;

    /// <summary>How long a job waits after such a step.</summary>
    public double FruitlessWaitSeconds { get; } = QueueSweep.LockedWait.TotalSeconds;

    /// <summary>After how long without progress a job's step is sent again.</summary>
    public double SilenceSeconds { get; } = WatchJobsFunction.Silence.TotalSeconds;

    /// <summary>How often that is done before the job has failed.</summary>
    public int MaxNudges { get; } = WatchJobsFunction.MaxNudges;

    /// <summary>How long jobs are kept that have ended.</summary>
    public double RetentionSeconds { get; } = WatchJobsFunction.Retention.TotalSeconds;
}
