namespace Azure.Messaging.ServiceBus;

/// <summary>How waits between tries grow.</summary>
public enum ServiceBusRetryMode
{
    /// <summary>They stay the same.</summary>
    Fixed = 0,

    /// <summary>They double.</summary>
    Exponential = 1,
}
