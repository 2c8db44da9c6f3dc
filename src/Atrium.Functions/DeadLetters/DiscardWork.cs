using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>Removes dead letters, and parked messages that cannot be read, each with a record.</summary>
internal sealed class DiscardWork(QueueSweep sweep, DiscardAudit discarding) : IJobWork
{
    public JobKind Kind => JobKind.Discard;

    public Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        var filter = DeadLetterFilter.Read(job.Arguments);
        var order = new SweepOrder(
            job, message => Choose(job, filter, message), (messages, _) => discarding.RecordAsync(job, messages));
        return sweep.StepAsync(order with { Only = filter.Only() }, cancellationToken);
    }

    // What is parked and can be read waits for its subscription: it has not failed.
    static SweepChoice Choose(Job job, DeadLetterFilter filter, ServiceBusReceivedMessage message) =>
        MessageTenant.IsCoveredBy(job, message)
        && filter.Takes(DeadLetter.Of(job.Source, message))
        && (job.Source != JobSource.Parked || DeliveryMessageReader.Read(message) is DeliveryReading.Invalid)
            ? SweepChoice.Take
            : SweepChoice.Leave;
}
