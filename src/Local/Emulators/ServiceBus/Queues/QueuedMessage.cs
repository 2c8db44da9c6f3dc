namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>What the broker knows of a message without looking into it. Only its queue changes it.</summary>
/// <param name="id">Its row in the store; it stays the same when the message moves to the dead-letter queue.</param>
internal sealed class QueuedMessage(long id)
{
    public long Id => id;

    public long SequenceNumber { get; set; }

    public MessageState State { get; set; }

    /// <summary>
    /// Deliveries that came to nothing: abandoned, deferred, or lost with their lock. It stays as it is when the
    /// message is dead-lettered, and from then on.
    /// </summary>
    public int DeliveryCount { get; set; }

    /// <summary>Real time. For a scheduled message that has fallen due, when it did.</summary>
    public DateTime EnqueuedAt { get; set; }

    /// <summary>When a scheduled message falls due.</summary>
    public BrokerTime ActivatesAt { get; set; } = BrokerTime.Never;

    /// <summary>Its own, capped by its queue's; null: it never expires.</summary>
    public TimeSpan? TimeToLive { get; init; }

    public BrokerTime ExpiresAt { get; set; } = BrokerTime.Never;

    /// <summary>Empty when nobody holds it.</summary>
    public Guid LockToken { get; set; }

    public BrokerTime LockedUntil { get; set; }

    /// <summary>
    /// When the queue next has to look at it: it falls due, its lock ends, or it expires. Kept by the queue.
    /// </summary>
    public BrokerTime DueAt { get; set; } = BrokerTime.Never;

    /// <summary>How long the encoded message is, as it was sent.</summary>
    public int Bytes { get; init; }

    /// <summary>The encoded message, or null when it has to be read from the store.</summary>
    public byte[]? Content { get; set; }

    /// <summary>The content is in the cache and counts against its budget. Kept by the cache.</summary>
    public bool ContentIsCounted { get; set; }

    public bool IsLocked => LockToken != Guid.Empty;

    /// <summary>When it expires if its life begins at this instant.</summary>
    public BrokerTime ExpiryFrom(BrokerTime start) => TimeToLive is { } ttl ? start + ttl : BrokerTime.Never;
}
