using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Parking;

/// <summary>
/// Sends a subscription's parked deliveries back to <c>deliveries</c>, oldest first: the same attempts of the same
/// runs. The new message is sent first, then the parked one is completed. After a crash between the two, Service Bus
/// drops the duplicate.
/// </summary>
internal sealed class ResumeWork(
    SubscriptionStore store, Indexing indexing, IndexedWork work, DeliveryQueue deliveries, TimeProvider time)
    : IJobWork
{
    public JobKind Kind => JobKind.Resume;

    public async Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        if (DeadLetterFilter.Read(job.Arguments) is not { } filter)
        {
            return JobStep.Failed.Unknown;
        }

        var subscriptionId = filter.SubscriptionId!;
        var isPaused = await IsPausedAsync(cancellationToken);
        if (isPaused)
        {
            return Stopped();
        }

        if (job.Place == JobPlace.Start || job.Place == JobPlace.Indexed)
        {
            switch (await indexing.DrainAsync(job.Source, job.CreatedAt, cancellationToken))
            {
                case Drained.Not:
                    return new JobStep.Continue(TimeSpan.Zero) { Place = job.Place };
                // Once: some run is nearly always under way. What it still holds then is sent back by a job of its own.
                case Drained.ButHeld when !job.Place.IsIndexed:
                    return new JobStep.Continue(IndexedWork.LockedWait) { Place = JobPlace.Indexed };
            }
        }

        var order = new WorkOrder(job, filter.RangeOf(JobSource.Parked), Choose, ActAsync)
        {
            // The row of one that could not be read has none.
            PeeksFirst = row => row.Letter.Run is null,
        };
        var step = await work.StepAsync(order, cancellationToken);
        return isPaused ? Stopped() with { Counts = step.Counts, From = step.From } : step;

        // A message that is not understood waits for a version of the app that understands it.
        WorkChoice Choose(ServiceBusReceivedMessage message) =>
            DeliveryMessageReader.Read(message).Message is not { } delivery ? WorkChoice.Skip
            : delivery.SubscriptionId == subscriptionId ? WorkChoice.Take
            : WorkChoice.Leave;

        async Task<bool> ActAsync(IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken token)
        {
            isPaused = await IsPausedAsync(token);
            if (isPaused)
            {
                return false;
            }

            var now = time.GetUtcNow();
            await deliveries.SendAsync(
                messages.Select(message => DeliveryMessageReader.Read(message).Message!)
                    .OrderBy(delivery => delivery.AcceptedAt)
                    .Select(delivery => delivery.Resumed(job.CreatedAt, now)),
                token);
            return true;
        }

        // Deliveries of a deleted subscription are sent back as well, and end there with a record.
        async Task<bool> IsPausedAsync(CancellationToken token) =>
            await store.FindAsync(job.Tenant, subscriptionId, token) is { PausedAt: not null };

        static JobStep.Stopped Stopped() =>
            new("The subscription was paused again. What is still parked stays so until it is resumed.");
    }
}
