namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>
/// Assigns messages to a queue's partitions: by the hash of their key, and those without one in turn
/// (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-partitioning).
/// </summary>
internal sealed class PartitionChoice(QueueSettings settings)
{
    int _turn;

    public int Of(Arrival arrival)
    {
        if (settings.Partitions == 1)
        {
            return 0;
        }

        // Where duplicates are looked for, all with the same id must meet.
        var key = arrival.PartitionKey ?? (settings.DuplicateWindow is null ? null : arrival.MessageId);
        return key is null
            ? Next()
            : (int)(DuplicateHistory.Key(key) % (uint)settings.Partitions);
    }

    /// <summary>The partition whose turn it is.</summary>
    public int Next() => _turn = (_turn + 1) % settings.Partitions;
}
