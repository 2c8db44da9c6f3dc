using Atrium.Functions.Deliveries;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>How many messages lie in a dead-letter queue and why, all tenants' together.</summary>
internal sealed class DeadLetterMeasure(ServiceBusClient client)
{
    /// <summary>Where counting ends: a few seconds' reading, and many enough to call for a person. What lies behind is not counted.</summary>
    public const int MostCounted = 10_000;

    // With the largest bodies 20 MB.
    const int PageSize = 100;

    readonly Dictionary<string, ServiceBusReceiver> _receivers = Queues.All.ToDictionary(
        queue => queue, queue => client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }));

    /// <param name="queue">The queue's name without its sub-queue.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>For each of <see cref="KnownReasons"/> how many there are, 0 included.</returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(string queue, CancellationToken cancellationToken)
    {
        var counts = KnownReasons.Of(queue).ToDictionary(reason => reason, _ => 0);
        var (counted, after) = (0, 0L);
        while (counted < MostCounted && await _receivers[queue].PeekMessagesAsync(PageSize, after + 1, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var letter in page)
            {
                counts[letter.DeadLetterReason is { } reason && counts.ContainsKey(reason) ? reason : KnownReasons.Other]++;
            }

            (counted, after) = (counted + page.Count, page[^1].SequenceNumber);
        }

        return counts;
    }
}
