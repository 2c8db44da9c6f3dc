using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>How many messages lie in a dead-letter queue and why, all tenants' together.</summary>
internal sealed class DeadLetterMeasure(ServiceBusClient client)
{
    /// <summary>
    /// Where counting ends: twenty peeks of a queue each minute, and many enough to call for a person. What lies behind
    /// is not counted, and so not seen to grow, until what lies in front is replayed or discarded; that a dead-letter
    /// queue is not empty the broker's own metric tells whatever lies there.
    /// </summary>
    public const int MostCounted = 2_000;

    // With the largest bodies 20 MB.
    const int PageSize = 100;

    readonly Dictionary<string, ServiceBusReceiver> _receivers = Queues.All.ToDictionary(
        queue => queue,
        queue => client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }));

    /// <param name="queue">The queue's name without its sub-queue.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>For each of <see cref="KnownReasons"/> how many there are, 0 included.</returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(string queue, CancellationToken cancellationToken)
    {
        var counts = KnownReasons.Of(queue).ToDictionary(reason => reason, _ => 0);
        var (counted, after) = (0, 0L);
        while (counted < MostCounted
            && await _receivers[queue].PeekMessagesAsync(PageSize, after + 1, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var letter in page)
            {
                counts[letter.DeadLetterReason is { } reason && counts.ContainsKey(reason)
                    ? reason
                    : KnownReasons.Other]++;
            }

            (counted, after) = (counted + page.Count, page[^1].SequenceNumber);
        }

        return counts;
    }
}
