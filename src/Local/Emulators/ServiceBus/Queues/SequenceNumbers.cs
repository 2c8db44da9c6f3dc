namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>
/// Numbers a queue's messages. Each partition has a counter of its own, and its id is in the topmost 16 bits
/// (https://learn.microsoft.com/azure/service-bus-messaging/message-sequencing).
/// </summary>
internal sealed class SequenceNumbers
{
    const int CounterBits = 48;

    readonly Dictionary<int, long> _last = [];

    public static int PartitionOf(long sequenceNumber) => (int)(sequenceNumber >> CounterBits);

    /// <summary>Below every number of the partition, and above those of the partition before.</summary>
    public static long Start(int partition) => (long)partition << CounterBits;

    public long Next(int partition) =>
        _last[partition] = _last.GetValueOrDefault(partition, Start(partition)) + 1;

    public void Restore(long last) => _last[PartitionOf(last)] = last;
}
