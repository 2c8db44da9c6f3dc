using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Parking;

/// <summary>
/// Sends a subscription's parked deliveries back to <c>deliveries</c>, oldest first: the same attempts of the same runs. First the message there, then the
/// end of the one here: a crash between the two is a duplicate that the broker drops.
/// </summary>
internal sealed class ResumeWork(SubscriptionStore store, QueueSweep sweep, DeliveryQueue deliveries, ParkedQueue parked, TimeProvider time) : IJobWork
{
    public JobKind Kind => JobKind.Resume;

    public async Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        var subscriptionId = ResumeArguments.Read(job.Arguments).SubscriptionId;
        var moved = 0;
        JobStep step;
        try
        {
            await ThrowIfPausedAsync(cancellationToken);
            step = await sweep.StepAsync(job, message => Choose(message, null), ActAsync, cancellationToken);
            if (step is JobStep.Failed)
            {
                // More of others lies in front than a sweep can hold: they make way.
                var others = new OthersInFront();
                step = await sweep.StepAsync(job, message => Choose(message, others), ActAsync, cancellationToken);
            }
        }
        catch (PausedAgainException)
        {
            step = new JobStep.Stopped("The subscription was paused again. What is still parked stays so until it is resumed.");
        }

        // The sweep counts all that it removed.
        return step with { Counts = step.Counts with { Taken = step.Counts.Taken - moved } };

        // What is not understood waits for the version of the app that does.
        SweepChoice Choose(ServiceBusReceivedMessage message, OthersInFront? others) =>
            DeliveryMessageReader.Read(message) is DeliveryReading.Understood(var delivery) && (IsWanted(delivery) || others?.Stays(message) == false)
                ? SweepChoice.Take
                : SweepChoice.Leave;

        async Task ActAsync(IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken token)
        {
            await ThrowIfPausedAsync(token);
            var now = time.GetUtcNow();
            var taken = messages.Select(DeliveryMessageReader.Read).Cast<DeliveryReading.Understood>().Select(reading => reading.Message).ToLookup(IsWanted);
            await deliveries.SendAsync(taken[true].OrderBy(delivery => delivery.AcceptedAt).Select(delivery => delivery.Returned(now)), token);
            await parked.ParkAsync(taken[false].Select(delivery => delivery.Again(delivery.DueAt, null)), token);
            moved += taken[false].Count();
        }

        bool IsWanted(DeliveryMessage delivery) => delivery.Tenant == job.Tenant && delivery.SubscriptionId == subscriptionId;

        // A deleted one's go back as well, and end there with a record.
        async Task ThrowIfPausedAsync(CancellationToken token)
        {
            if (await store.FindAsync(job.Tenant, subscriptionId, token) is { PausedAt: not null })
            {
                throw new PausedAgainException();
            }
        }
    }
}
