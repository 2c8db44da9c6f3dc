using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Operations;

/// <summary>
/// How long the oldest message of a queue has waited. Messages that are scheduled for later or parked do not count.
/// </summary>
internal sealed class OldestWaiting(QueueReceivers receivers, TimeProvider time)
{
    /// <summary>Those that functions work off.</summary>
    public static readonly IReadOnlyList<string> Queues =
        [Messaging.Queues.VisitorEvents, Messaging.Queues.Deliveries, Messaging.Queues.Jobs];

    // Peeking costs a credit for each message. A Standard namespace that delivers 200 a second has 200 credits a second
    // left.
    const int PageSize = 32;

    /// <returns>
    /// Zero when no message waits; null when all messages that were peeked at are due later, so that it is unknown.
    /// </returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<TimeSpan?> AgeAsync(string queue, CancellationToken cancellationToken)
    {
        var waiting = new List<DateTimeOffset>();
        var isKnown = true;
        var (partition, looked) = (0, 0);
        // A page has messages of one partition. The first of each are looked at, until there is none.
        for (long from = 0; await PeekAsync(queue, from, cancellationToken) is [.., var last] page;)
        {
            var active = page.Where(message => message.State == ServiceBusMessageState.Active)
                .Select(message => message.EnqueuedTime).ToList();
            waiting.AddRange(active);
            var of = SequenceNumber.PartitionOf(last.SequenceNumber);
            (partition, looked) = (of, of == partition ? looked + page.Count : page.Count);
            isKnown &= looked < PageSize;
            // A page may have fewer messages than were asked for, though more are behind it.
            from = active.Count > 0 || looked >= PageSize ? SequenceNumber.FirstOf(of + 1) : last.SequenceNumber + 1;
        }

        return waiting.Count > 0 ? Since(waiting.Min()) : isKnown ? TimeSpan.Zero : null;
    }

    Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(
        string queue, long from, CancellationToken cancellationToken) =>
        receivers.Of(queue).PeekMessagesAsync(PageSize, from, cancellationToken);

    // Clocks differ: a message from a moment ahead has not waited.
    TimeSpan Since(DateTimeOffset enqueued) =>
        time.GetUtcNow() is var now && now > enqueued ? now - enqueued : TimeSpan.Zero;
}
