namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>What the holder of a lock wants done with the message.</summary>
/// <param name="Name">Its name where operations are counted.</param>
/// <param name="Changes">What it adds to the message.</param>
internal abstract record Settlement(string Name, PropertyChanges Changes)
{
    /// <summary>Done: the message goes.</summary>
    public sealed record Complete() : Settlement("complete", []);

    /// <summary>Give it back; counts as a failed delivery.</summary>
    public sealed record Abandon(PropertyChanges Changes) : Settlement("abandon", Changes);

    /// <summary>Set it aside, to be had by its sequence number only.</summary>
    public sealed record Defer(PropertyChanges Changes) : Settlement("defer", Changes);

    /// <summary>Move it to the dead-letter queue. The reason is among the properties.</summary>
    public sealed record DeadLetter(PropertyChanges Changes) : Settlement("dead-letter", Changes);

    /// <summary>Give it back as if it had never been delivered.</summary>
    public sealed record Release() : Settlement("release", []);
}
