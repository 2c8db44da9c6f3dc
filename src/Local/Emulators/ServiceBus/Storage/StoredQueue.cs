using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Storage;

/// <summary>What the store holds of one queue.</summary>
internal sealed class StoredQueue(long id)
{
    public long Id => id;

    /// <summary>Of each partition that has given any.</summary>
    public List<long> LastSequenceNumbers { get; } = [];

    public List<QueuedMessage> Messages { get; } = [];

    /// <summary>The message ids that count as duplicates, oldest first.</summary>
    public List<(UInt128 Id, BrokerTime At)> Ids { get; } = [];
}

/// <summary>All that a start, or a fresh start after a failed commit, takes from disk.</summary>
/// <param name="LastMessageId">The highest id of a message.</param>
/// <param name="Locked">The ids of the messages that somebody held at the last commit.</param>
/// <param name="Queues">The queues by name.</param>
internal sealed record StoredState(
    long LastMessageId, IReadOnlySet<long> Locked, IReadOnlyDictionary<string, StoredQueue> Queues);
