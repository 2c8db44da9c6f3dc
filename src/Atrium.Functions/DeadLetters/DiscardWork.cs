using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>Removes dead letters, and parked messages that cannot be read, each with a record.</summary>
internal sealed class DiscardWork(IndexedWork work, DiscardAudit audit) : IJobWork
{
    public JobKind Kind => JobKind.Discard;

    public async Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        if (DeadLetterFilter.Read(job.Arguments) is not { } filter)
        {
            return JobStep.Failed.Unknown;
        }

        // Retention keeps nothing longer because it was listed late.
        var range = IsRetention(job) ? filter.RangeOf(job.Source) : filter.TakenOf(job.Source, job.CreatedAt);
        var only = filter.Only();
        var order = new WorkOrder(
            job, range, message => Choose(job, message),
            (messages, _) => audit.RecordAsync(job, messages))
        {
            Only = only,
            PeeksFirst = _ => job.Source == JobSource.Parked && !IsRetention(job),
            NeedsWholeIndex = only is null,
        };
        return await work.StepAsync(order, cancellationToken);
    }

    // A parked message that can be read has not failed: it waits for its subscription. Only retention removes it.
    static WorkChoice Choose(Job job, ServiceBusReceivedMessage message) =>
        job.Source != JobSource.Parked || IsRetention(job)
            || DeliveryMessageReader.Read(message).Message is null
            ? WorkChoice.Take
            : WorkChoice.Leave;

    static bool IsRetention(Job job) => job.Tenant == JobTenant.System;
}
