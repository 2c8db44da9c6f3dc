namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>The changes of one commit, in order, and what is written once a commit however often it changed.</summary>
internal sealed class Journal
{
    readonly List<Change> _changes = [];
    readonly Dictionary<(string Queue, int Partition), long> _sequences = [];
    readonly Dictionary<string, BrokerTime> _forgotten = [];
    readonly Dictionary<QueuedMessage, MessageLock> _locksBefore = [];
    int _propertiesSet;

    public IReadOnlyList<Change> Changes => _changes;

    /// <summary>The last sequence number given, by queue and partition.</summary>
    public IReadOnlyDictionary<(string Queue, int Partition), long> Sequences => _sequences;

    /// <summary>Up to when message ids are forgotten, by queue.</summary>
    public IReadOnlyDictionary<string, BrokerTime> Forgotten => _forgotten;

    /// <summary>The messages that were handed out, and those that nobody holds any longer.</summary>
    public IEnumerable<QueuedMessage> LocksChanged =>
        _locksBefore.Where(lockOf => lockOf.Value.IsHeld != lockOf.Key.IsLocked).Select(lockOf => lockOf.Key);

    public bool IsEmpty =>
        _changes.Count == 0 && _sequences.Count == 0 && _forgotten.Count == 0 && !LocksChanged.Any();

    public void Write(Change change)
    {
        _changes.Add(change);
        _propertiesSet += change is Change.PropertiesSet ? 1 : 0;
    }

    /// <summary>
    /// The changes of a message that are not on disk yet, in order. A read before the commit has to add them.
    /// </summary>
    public IEnumerable<PropertyChanges> PropertiesSetOn(QueuedMessage message) =>
        _propertiesSet == 0
            ? []
            : _changes.OfType<Change.PropertiesSet>().Where(c => c.Message == message).Select(c => c.Properties);

    public void SequenceIs(string queue, long last) => _sequences[(queue, SequenceNumbers.PartitionOf(last))] = last;

    public void ForgetIdsUntil(string queue, BrokerTime time) => _forgotten[queue] = time;

    /// <summary>
    /// Keeps a message's lock as it was before the group, in case the group is undone. Only whether there is one is for
    /// the disk.
    /// </summary>
    public void LockWas(QueuedMessage message) => _locksBefore.TryAdd(message, MessageLock.Of(message));

    /// <summary>The locks as they were before the group, by message.</summary>
    /// <param name="locked">The messages that are locked now.</param>
    public IReadOnlyDictionary<long, MessageLock> LocksBefore(IEnumerable<QueuedMessage> locked)
    {
        var locks = locked.ToDictionary(m => m.Id, MessageLock.Of);
        foreach (var (message, before) in _locksBefore)
        {
            locks[message.Id] = before;
        }

        return locks;
    }

    public void Clear()
    {
        _changes.Clear();
        _propertiesSet = 0;
        _sequences.Clear();
        _forgotten.Clear();
        _locksBefore.Clear();
    }
}

/// <summary>Who holds a message, and until when.</summary>
/// <param name="Token">Empty when nobody does.</param>
/// <param name="Until">When it ends.</param>
internal readonly record struct MessageLock(Guid Token, BrokerTime Until)
{
    public bool IsHeld => Token != Guid.Empty;

    public static MessageLock Of(QueuedMessage message) => new(message.LockToken, message.LockedUntil);
}
