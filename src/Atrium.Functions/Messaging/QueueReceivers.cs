using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Messaging;

/// <summary>
/// The receiving ends of the queues, one for each: a link made for each call would cost the namespace more than the
/// call.
/// </summary>
internal sealed class QueueReceivers(ServiceBusClient client)
{
    readonly ConcurrentDictionary<(string Queue, SubQueue SubQueue), Lazy<ServiceBusReceiver>> _receivers = new();

    /// <summary>
    /// Locks messages, and can look at them without; safe for use by many at once. The client closes it.
    /// </summary>
    public ServiceBusReceiver Of(string queue, SubQueue subQueue = SubQueue.None) =>
        _receivers.GetOrAdd((queue, subQueue), _ => new(() => client.CreateReceiver(
            queue, new ServiceBusReceiverOptions { SubQueue = subQueue }))).Value;
}

/// <summary>
/// Numbers of messages do not rise in one line in a partitioned queue: each of its partitions has numbers of its own,
/// which begin with its own: https://learn.microsoft.com/azure/service-bus-messaging/message-sequencing
/// </summary>
internal static class SequenceNumber
{
    const int Shift = 48;

    /// <summary>The partition that gave the number; 0 in a queue that has none.</summary>
    public static int PartitionOf(long number) => (int)(number >> Shift);

    /// <summary>Where the numbers of a partition begin.</summary>
    public static long FirstOf(int partition) => (long)partition << Shift;
}
