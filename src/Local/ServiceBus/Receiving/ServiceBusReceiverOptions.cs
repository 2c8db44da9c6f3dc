namespace Azure.Messaging.ServiceBus;

/// <summary>What a receiver reads and how.</summary>
public class ServiceBusReceiverOptions
{
    /// <summary>The messages to keep ready beyond those asked for; 0 unless set. Their locks run while they wait.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int PrefetchCount
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(PrefetchCount));
            field = value;
        }
    }

    /// <summary>Whether messages are locked or deleted when they are handed out; locked unless set.</summary>
    public ServiceBusReceiveMode ReceiveMode { get; set; } = ServiceBusReceiveMode.PeekLock;

    /// <summary>The entity itself, or one of its dead-letter queues.</summary>
    public SubQueue SubQueue { get; set; } = SubQueue.None;

    /// <summary>The receiver's name; made up unless set.</summary>
    public string? Identifier { get; set; }
}
