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

    /// <param name="queue">The queue's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// Zero when no message waits; null when all messages that were peeked at are due later, so that it is unknown.
    /// </returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<TimeSpan?> AgeAsync(string queue, CancellationToken cancellationToken)
    {
        var page = await receivers.Of(queue).PeekMessagesAsync(PageSize, 0, cancellationToken);
        var waiting = page.Where(message => message.State == ServiceBusMessageState.Active)
            .Select(message => message.EnqueuedTime).ToList();
        return waiting.Count > 0 ? Since(waiting.Min())
            : page.Count < PageSize ? TimeSpan.Zero
            : null;
    }

    // Clocks differ: a message from a moment ahead has not waited.
    TimeSpan Since(DateTimeOffset enqueued) =>
        time.GetUtcNow() is var now && now > enqueued ? now - enqueued : TimeSpan.Zero;
}
