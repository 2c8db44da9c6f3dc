namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>What the holder of a lock wants done with the message.</summary>
internal abstract record Settlement
{
    /// <summary>Done: the message goes.</summary>
    public sealed record Complete : Settlement;

    /// <summary>Give it back; counts as a failed delivery.</summary>
    public sealed record Abandon(PropertyChanges Changes) : Settlement;

    /// <summary>Set it aside, to be had by its sequence number only.</summary>
    public sealed record Defer(PropertyChanges Changes) : Settlement;

    /// <summary>Move it to the dead-letter queue. The reason is among the properties.</summary>
    public sealed record DeadLetter(PropertyChanges Changes) : Settlement;

    /// <summary>Give it back as if it had never been delivered.</summary>
    public sealed record Release : Settlement;
}
