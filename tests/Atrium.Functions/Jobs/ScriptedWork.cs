using Atrium.Functions.Jobs;

namespace Atrium.Functions.Tests.Jobs;

/// <summary>Work whose steps a test writes down; finished when there are no more.</summary>
sealed class ScriptedWork(JobKind kind = JobKind.Replay) : IJobWork
{
    readonly Queue<Func<Job, JobStep>> _steps = [];

    public JobKind Kind => kind;

    /// <summary>The jobs for which a step was done, in order.</summary>
    public List<Job> Worked { get; } = [];

    public ScriptedWork Then(Func<Job, JobStep> step)
    {
        _steps.Enqueue(step);
        return this;
    }

    public ScriptedWork Then(JobStep step) => Then(_ => step);

    public Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        Worked.Add(job);
        return Task.FromResult(_steps.TryDequeue(out var step) ? step(job) : new JobStep.Finished());
    }
}
