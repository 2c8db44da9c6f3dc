using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>How many messages lie in a dead-letter queue, all tenants' together.</summary>
internal sealed class DeadLetterMeasure(ServiceBusClient client)
{
    // With the largest bodies 20 MB.
    const int PageSize = 100;

    readonly ConcurrentDictionary<string, Lazy<ServiceBusReceiver>> _receivers = new();

    /// <param name="queue">The queue's name without its sub-queue.</param>
    /// <param name="most">Where counting ends.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>0 to <paramref name="most"/>.</returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<int> CountAsync(string queue, int most, CancellationToken cancellationToken)
    {
        var receiver = _receivers.GetOrAdd(
            queue, name => new(() => client.CreateReceiver(name, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }))).Value;
        var (counted, after) = (0, 0L);
        while (counted < most && await receiver.PeekMessagesAsync(Math.Min(PageSize, most - counted), after + 1, cancellationToken) is { Count: > 0 } page)
        {
            counted += page.Count;
            after = page[^1].SequenceNumber;
        }

        return counted;
    }
}
