using System.Collections.Concurrent;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Operations;

/// <summary>
/// How long the oldest message of a queue has waited to be worked off. What is scheduled for later does not wait.
/// </summary>
internal sealed class OldestWaiting(ServiceBusClient client, TimeProvider time)
{
    /// <summary>The most messages that are looked at in one go; the next go goes on behind them.</summary>
    public const int MostLookedAt = 10_000;

    // With the largest bodies 20 MB.
    const int PageSize = 100;

    readonly Dictionary<string, ServiceBusReceiver> _receivers =
        Queues.All.ToDictionary(queue => queue, queue => client.CreateReceiver(queue, new ServiceBusReceiverOptions()));

    // Up to where nothing waits, nor ever will: what falls due goes to the end of its queue, under a new number.
    readonly ConcurrentDictionary<string, long> _passed = new();

    /// <param name="queue">The queue's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// Zero when no message waits; null when it is not known yet, since so many that are due later lie in front.
    /// </returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<TimeSpan?> AgeAsync(string queue, CancellationToken cancellationToken)
    {
        // The first page is looked at in any case: of a queue that was made anew the numbers begin anew.
        var (looked, from) = (0, 0L);
        while (looked < MostLookedAt)
        {
            var page = await _receivers[queue].PeekMessagesAsync(PageSize, from, cancellationToken);
            if (page.Count == 0)
            {
                return TimeSpan.Zero;
            }

            if (page.FirstOrDefault(message => message.State == ServiceBusMessageState.Active) is { } oldest)
            {
                return Since(oldest.EnqueuedTime);
            }

            looked += page.Count;
            from = Math.Max(page[^1].SequenceNumber + 1, _passed.GetValueOrDefault(queue));
            _passed[queue] = from;
        }

        return null;
    }

    // Clocks differ: what comes from a moment ahead has not waited.
    TimeSpan Since(DateTimeOffset enqueued) =>
        time.GetUtcNow() is var now && now > enqueued ? now - enqueued : TimeSpan.Zero;
}
