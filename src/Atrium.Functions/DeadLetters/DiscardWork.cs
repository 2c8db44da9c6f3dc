using Atrium.Functions.Jobs;

namespace Atrium.Functions.DeadLetters;

/// <summary>Removes dead letters, each with a record.</summary>
internal sealed class DiscardWork(QueueSweep sweep, Discarding discarding) : IJobWork
{
    public JobKind Kind => JobKind.Discard;

    public Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        var filter = DeadLetterFilter.Read(job.Arguments);
        var order = new SweepOrder(
            job,
            message => MessageTenant.IsCoveredBy(job, message) && filter.Takes(DeadLetter.Of(job.Source, message)) ? SweepChoice.Take : SweepChoice.Leave,
            (messages, _) => discarding.RecordAsync(job, messages));
        return sweep.StepAsync(order with { Only = filter.Only() }, cancellationToken);
    }
}
