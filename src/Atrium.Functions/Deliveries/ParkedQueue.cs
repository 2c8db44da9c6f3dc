using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Deliveries;

/// <summary>The sending end of <c>parked</c>, where deliveries of paused subscriptions wait for as long as it takes.</summary>
internal sealed class ParkedQueue([FromKeyedServices(Queues.Parked)] ServiceBusSender sender, PatientSender patient)
{
    /// <summary>Parks deliveries in their order. Safe to repeat: a second copy has the same id and is dropped.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take all of them.</exception>
    public Task ParkAsync(IEnumerable<DeliveryMessage> deliveries, CancellationToken cancellationToken) =>
        patient.SendAllAsync(sender, deliveries.Select(DeliveryMessageWriter.WriteParked), cancellationToken);
}
