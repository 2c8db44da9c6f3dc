using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Framing;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>
/// What AMQPNetLite 2.5.5 does but does not offer: its receiver settles without awaiting the service's answer, and does not tell
/// when a drain is done. The package's version is pinned for the sake of these.
/// </summary>
internal static class AmqpInternals
{
    const string DeliveryType = "Amqp.Delivery, Amqp.Net";

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Delivery")]
    [return: UnsafeAccessorType(DeliveryType)]
    public static extern object DeliveryOf(Message message);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "DisposeDelivery")]
    public static extern void DisposeDelivery(
        Session session, bool role, [UnsafeAccessorType(DeliveryType)] object delivery, DeliveryState state, bool settled);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "credit")]
    public static extern ref int Credit(ReceiverLink link);
}
