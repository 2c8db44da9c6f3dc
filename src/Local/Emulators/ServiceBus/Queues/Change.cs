namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>A change that has to be on disk before clients learn of it.</summary>
internal abstract record Change
{
    public sealed record Added(string Queue, QueuedMessage Message) : Change;

    /// <summary>The message's state, or the queue that it is in, is another.</summary>
    public sealed record Altered(string Queue, QueuedMessage Message) : Change;

    public sealed record PropertiesSet(QueuedMessage Message, PropertyChanges Properties) : Change;

    public sealed record Removed(QueuedMessage Message) : Change;

    public sealed record IdRemembered(string Queue, UInt128 Id, BrokerTime At) : Change;
}
