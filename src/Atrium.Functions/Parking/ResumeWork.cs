using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Parking;

/// <summary>
/// Sends a subscription's parked deliveries back to <c>deliveries</c>, oldest first: the same attempts of the same runs. First the message there, then the
/// end of the one here: a crash between the two is a duplicate that the broker drops.
/// </summary>
internal sealed class ResumeWork(SubscriptionStore store, QueueSweep sweep, DeliveryQueue deliveries, TimeProvider time) : IJobWork
{
    public JobKind Kind => JobKind.Resume;

    public async Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        var subscriptionId = ResumeArguments.Read(job.Arguments).SubscriptionId;
        try
        {
            await ThrowIfPausedAsync(cancellationToken);
            return await sweep.StepAsync(job, message => Read(message) is null ? SweepChoice.Leave : SweepChoice.Take, ReturnAsync, cancellationToken);
        }
        catch (PausedAgainException)
        {
            return new JobStep.Stopped("The subscription was paused again. What is still parked stays so until it is resumed.");
        }

        async Task ReturnAsync(IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken token)
        {
            await ThrowIfPausedAsync(token);
            var now = time.GetUtcNow();
            await deliveries.SendAsync(messages.Select(message => Read(message)!).OrderBy(delivery => delivery.AcceptedAt).Select(delivery => delivery.Returned(now)), token);
        }

        // A deleted one's go back as well, and end there with a record.
        async Task ThrowIfPausedAsync(CancellationToken token)
        {
            if (await store.FindAsync(job.Tenant, subscriptionId, token) is { PausedAt: not null })
            {
                throw new PausedAgainException();
            }
        }

        // What this app does not understand waits for the one that does.
        DeliveryMessage? Read(ServiceBusReceivedMessage message) =>
            DeliveryMessageReader.Read(message) is DeliveryReading.Understood(var delivery) && delivery.Tenant == job.Tenant && delivery.SubscriptionId == subscriptionId
                ? delivery
                : null;
    }
}
