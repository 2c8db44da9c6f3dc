using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Deliveries;

/// <summary>The sending end of <c>deliveries</c>.</summary>
internal sealed class DeliveryQueue(
    [FromKeyedServices(Queues.Deliveries)] ServiceBusSender sender, PatientSender patient, TimeProvider time)
{
    /// <summary>
    /// Puts a message on the queue, to be received later. Safe to repeat: a second copy has the same id and is dropped.
    /// </summary>
    /// <param name="delivery">The attempt.</param>
    /// <param name="at">When the message is to arrive: when the attempt is due, or later if it is put back.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceBusException">Service Bus did not take it.</exception>
    public Task ScheduleAsync(DeliveryMessage delivery, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var message = DeliveryMessageWriter.Write(delivery, at > now ? at : now);
        message.ScheduledEnqueueTime = at;
        return patient.SendAsync(token => sender.SendMessageAsync(message, token), cancellationToken);
    }

    /// <summary>Sends deliveries that are due now, in as few batches as their size allows.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take all of them; sending all again is
    /// safe.</exception>
    public Task SendAsync(IEnumerable<DeliveryMessage> deliveries, CancellationToken cancellationToken) =>
        patient.SendAllAsync(
            sender, deliveries.Select(delivery => DeliveryMessageWriter.Write(delivery, time.GetUtcNow())),
            cancellationToken);
}

/// <summary>
/// The sending end of <c>parked</c>, where deliveries of paused subscriptions wait until they are resumed.
/// </summary>
internal sealed class ParkedQueue([FromKeyedServices(Queues.Parked)] ServiceBusSender sender, PatientSender patient)
{
    /// <summary>Parks a delivery. Safe to repeat: a second copy has the same id and is dropped.</summary>
    /// <returns>
    /// Null when it is parked; otherwise why this queue takes nothing: it is full, disabled or missing. It is not worth
    /// waiting for: the wait would hold up other deliveries for minutes, and paused subscriptions may fill the queue
    /// for days.
    /// </returns>
    /// <exception cref="ServiceBusException">Service Bus did not take it for another reason.</exception>
    public async Task<ServiceBusFailureReason?> ParkAsync(DeliveryMessage delivery, CancellationToken cancellationToken)
    {
        ServiceBusFailureReason? refusal = null;
        await patient.SendAsync(
            async token =>
            {
                try
                {
                    await sender.SendMessageAsync(DeliveryMessageWriter.WriteParked(delivery), token);
                }
                catch (ServiceBusException e) when (
                    e.Reason is ServiceBusFailureReason.QuotaExceeded or ServiceBusFailureReason.MessagingEntityDisabled
                    or ServiceBusFailureReason.MessagingEntityNotFound)
                {
                    refusal = e.Reason;
                }
            },
            cancellationToken);
        return refusal;
    }
}
