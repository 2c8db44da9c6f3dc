using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Operations;

/// <summary>
/// How long the oldest message of a queue has waited to be worked off. What is scheduled for later does not wait, nor
/// what is parked.
/// </summary>
internal sealed class OldestWaiting(QueueReceivers receivers, TimeProvider time)
{
    /// <summary>Those that functions work off.</summary>
    public static readonly IReadOnlyList<string> Queues =
        [Messaging.Queues.VisitorEvents, Messaging.Queues.Deliveries, Messaging.Queues.Jobs];

    // A look costs a credit a message, and a Standard namespace that delivers 200 a second has 200 a second left.
    const int PageSize = 32;

    /// <param name="queue">The queue's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// Zero when no message waits; null when it is not known, since all that were looked at are due later.
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

    // Clocks differ: what comes from a moment ahead has not waited.
    TimeSpan Since(DateTimeOffset enqueued) =>
        time.GetUtcNow() is var now && now > enqueued ? now - enqueued : TimeSpan.Zero;
}
