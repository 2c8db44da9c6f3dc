namespace Azure.Messaging.ServiceBus;

/// <summary>How a client reaches the service.</summary>
public enum ServiceBusTransportType
{
    /// <summary>AMQP over TCP, port 5671 with TLS.</summary>
    AmqpTcp = 0,

    /// <summary>AMQP over WebSockets, port 443.</summary>
    AmqpWebSockets = 1,
}
