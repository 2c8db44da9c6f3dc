using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Storage;

/// <summary>What the store holds of one queue.</summary>
internal sealed class StoredQueue(long id, long lastSequenceNumber)
{
    public long Id => id;

    public long LastSequenceNumber => lastSequenceNumber;

    public List<QueuedMessage> Messages { get; } = [];

    /// <summary>The message ids that count as duplicates, oldest first.</summary>
    public List<(UInt128 Id, BrokerTime At)> Ids { get; } = [];
}
