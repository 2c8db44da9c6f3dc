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
        var others = new OthersInFront();
        var moved = 0;
        JobStep step;
        try
        {
            await ThrowIfPausedAsync(cancellationToken);
            step = await sweep.StepAsync(job, Choose, ActAsync, cancellationToken);
        }
        catch (PausedAgainException)
        {
            step = new JobStep.Stopped("The subscription was paused again. What is still parked stays so until it is resumed.");
        }

        // The sweep counts all that it removed.
        return step with { Counts = step.Counts with { Taken = step.Counts.Taken - moved } };

        SweepChoice Choose(ServiceBusReceivedMessage message) => DeliveryMessageReader.Read(message) switch
        {
            DeliveryReading.Understood(var delivery) => IsWanted(delivery) || !others.Stays(message) ? SweepChoice.Take : SweepChoice.Leave,
            // It waits for the version of the app that understands it.
            _ => SweepChoice.Leave,
        };

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
