namespace Atrium.Functions.Jobs;

/// <summary>What the jobs of one kind do.</summary>
internal interface IJobWork
{
    JobKind Kind { get; }

    /// <summary>
    /// Does one bounded step, of less than two minutes. It is repeated if the process dies or a dependency fails before
    /// its result is recorded, so all that it does may be done twice. A later step may rely only on the queues and the
    /// job's row.
    /// </summary>
    /// <param name="job">The job, as its row is.</param>
    /// <param name="cancellationToken">Ends when the host gives up draining.</param>
    /// <exception cref="InterruptedStepException">Something failed after messages were taken.</exception>
    Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken);
}

/// <summary>What came of a step.</summary>
internal abstract record JobStep
{
    /// <summary>
    /// What the step did that is not in the job's row yet (<see cref="JobStore.AdvanceAsync"/> puts it there at once).
    /// </summary>
    public JobCounts Counts { get; init; } = JobCounts.None;

    /// <summary>
    /// The job as the step last recorded its progress: if it has another place by now, somebody else does the step too,
    /// and goes on with it. Null when that is not known.
    /// </summary>
    public Job? From { get; init; }

    /// <summary>There is more to do, after a wait.</summary>
    internal sealed record Continue(TimeSpan Wait) : JobStep
    {
        /// <summary>
        /// Whether nothing could be done, for an unknown reason; null when that is not known yet, or nothing was tried.
        /// The job fails when nothing could be done too many times in a row.
        /// </summary>
        public bool? WasFruitless { get; init; }

        /// <summary>Where the job works from now on; null where it did.</summary>
        public JobSource? Source { get; init; }

        /// <summary>How far it is.</summary>
        public JobPlace Place { get; init; } = JobPlace.Start;
    }

    /// <summary>All is done.</summary>
    internal sealed record Finished : JobStep
    {
        /// <summary>What is to be said about it; null for nothing but the counts.</summary>
        public string? Remark { get; init; }
    }

    /// <summary>What is left is no longer wanted.</summary>
    /// <param name="Why">What ended it.</param>
    internal sealed record Stopped(string Why) : JobStep;

    /// <param name="Why">What is wrong and what to do, without secrets or personal data.</param>
    internal sealed record Failed(string Why) : JobStep
    {
        /// <summary>A later version of the app began the job.</summary>
        public static readonly Failed Unknown = new(
            "This version of the app does not know all that the job asks for. "
            + "Deploy the one that does, and start the job again.");
    }
}

/// <summary>A step failed after it had done something.</summary>
/// <param name="uncounted">What it took that may not be counted in the job's row yet.</param>
/// <param name="cause">What failed.</param>
/// <param name="from">See <see cref="JobStep.From"/>.</param>
internal sealed class InterruptedStepException(Uncounted uncounted, Exception cause, Job? from = null)
    : Exception(cause.Message, cause)
{
    public Uncounted Uncounted => uncounted;

    public Job? From => from;
}

/// <summary>What a step took that may not be counted in the job's row yet.</summary>
/// <param name="Taken">How many messages.</param>
/// <param name="Mark">By which it is counted once: see <see cref="JobStore.ChangeAsync"/>.</param>
internal sealed record Uncounted(int Taken, string Mark);
