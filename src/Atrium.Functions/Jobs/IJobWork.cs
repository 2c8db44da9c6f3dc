namespace Atrium.Functions.Jobs;

/// <summary>What the jobs of one kind do.</summary>
internal interface IJobWork
{
    JobKind Kind { get; }

    /// <summary>
    /// Does one bounded step, of less than two minutes. It is repeated when the process dies, or a dependency fails, before what came of it was
    /// recorded: whatever it does may be done twice. It must leave nothing behind that a later step relies on but what is in the queues and the job.
    /// </summary>
    /// <param name="job">The job, as its row is.</param>
    /// <param name="cancellationToken">Ends when the host gives up draining.</param>
    Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken);
}
