using Amqp;
using Amqp.Framing;
using Amqp.Handler;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>A receiver link that tells what the service answered to a settlement.</summary>
internal sealed class SettlingReceiverLink(Session session, string name, Attach attach, OnAttached onAttached) : ReceiverLink(session, name, attach, onAttached)
{
    public event Action<IDelivery>? Answered;

    public void OnAnswered(IDelivery delivery) => Answered?.Invoke(delivery);
}
