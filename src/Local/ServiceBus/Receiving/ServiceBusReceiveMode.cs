namespace Azure.Messaging.ServiceBus;

/// <summary>What the service does with a message that it hands out.</summary>
public enum ServiceBusReceiveMode
{
    /// <summary>Lock it until it is settled or the lock ends.</summary>
    PeekLock = 0,

    /// <summary>Delete it at once.</summary>
    ReceiveAndDelete = 1,
}
