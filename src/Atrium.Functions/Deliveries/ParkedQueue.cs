using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Deliveries;

/// <summary>The sending end of <c>parked</c>, where deliveries of paused subscriptions wait for as long as it takes.</summary>
internal sealed class ParkedQueue([FromKeyedServices(Queues.Parked)] ServiceBusSender sender, PatientSender patient)
{
    /// <summary>Safe to repeat: a second copy has the same id and is dropped.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it.</exception>
    public Task ParkAsync(DeliveryMessage delivery, CancellationToken cancellationToken)
    {
        var message = DeliveryMessageWriter.WriteParked(delivery);
        return patient.SendAsync(token => sender.SendMessageAsync(message, token), cancellationToken);
    }
}
