using Amqp.Handler;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Takes a connection's settlement answers to their links.</summary>
internal sealed class DeliveryEvents : IHandler
{
    public bool CanHandle(EventId id) => id == EventId.DeliveryStateChanged;

    public void Handle(Event protocolEvent)
    {
        if (protocolEvent is { Link: SettlingReceiverLink link, Context: IDelivery delivery }) link.OnAnswered(delivery);
    }
}
