using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// The sending end of <c>parked</c>, where deliveries of paused subscriptions wait for as long as it takes.
/// </summary>
internal sealed class ParkedQueue([FromKeyedServices(Queues.Parked)] ServiceBusSender sender, PatientSender patient)
{
    /// <summary>
    /// Parks deliveries in their order. Safe to repeat: a second copy has the same id and is dropped.
    /// </summary>
    /// <exception cref="ServiceBusException">Service Bus did not take all of them.</exception>
    public Task ParkAsync(IEnumerable<DeliveryMessage> deliveries, CancellationToken cancellationToken) =>
        patient.SendAllAsync(sender, deliveries.Select(DeliveryMessageWriter.WriteParked), cancellationToken);

    /// <summary>Parks one delivery. Safe to repeat.</summary>
    /// <returns>
    /// False when the queue is full, which is not waited out: the call would be lost to the deliveries of others for
    /// minutes, and what is paused may fill the queue for days.
    /// </returns>
    /// <exception cref="ServiceBusException">Service Bus did not take it for another reason.</exception>
    public async Task<bool> TryParkAsync(DeliveryMessage delivery, CancellationToken cancellationToken)
    {
        var isFull = false;
        await patient.SendAsync(
            async token =>
            {
                try
                {
                    await sender.SendMessageAsync(DeliveryMessageWriter.WriteParked(delivery), token);
                }
                catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.QuotaExceeded)
                {
                    isFull = true;
                }
            },
            cancellationToken);
        return !isFull;
    }
}
