using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>The receiving ends of the queues that jobs work through, one for each.</summary>
internal sealed class SourceReceivers(ServiceBusClient client)
{
    readonly ConcurrentDictionary<JobSource, Lazy<ServiceBusReceiver>> _receivers = new();

    /// <summary>
    /// Locks messages, and can look at them without; safe for use by many at once. The client closes it.
    /// </summary>
    public ServiceBusReceiver Of(JobSource source) => _receivers.GetOrAdd(source, _ => new(() =>
        client.CreateReceiver(
            source.QueueName(), new ServiceBusReceiverOptions { SubQueue = source.SubQueue() }))).Value;
}
