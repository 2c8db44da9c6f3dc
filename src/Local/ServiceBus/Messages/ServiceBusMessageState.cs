namespace Azure.Messaging.ServiceBus;

/// <summary>The state of a stored message.</summary>
public enum ServiceBusMessageState
{
    /// <summary>Waiting for a receiver, or locked by one.</summary>
    Active = 0,

    /// <summary>Set aside: only its sequence number fetches it.</summary>
    Deferred = 1,

    /// <summary>Not yet due.</summary>
    Scheduled = 2,
}
