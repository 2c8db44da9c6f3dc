using Atrium.Functions.Deliveries;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Events;

/// <summary>
/// Makes one delivery for each subscription that takes an event. Safe to repeat: the deliveries' ids are computed.
/// </summary>
internal sealed partial class FanOut(
    SubscriptionReads subscriptions, DeliveryQueue deliveries, AtriumMetrics metrics, ILogger<FanOut> logger)
{
    /// <exception cref="Azure.RequestFailedException">The subscriptions could not be read.</exception>
    public async Task SendAsync(EventMessage message, string eventType, CancellationToken cancellationToken)
    {
        var matching = (await subscriptions.ListAsync(message.Tenant, cancellationToken))
            .Where(subscription => subscription.Takes(eventType)).ToList();
        await deliveries.SendAsync(
            matching.Select(subscription => DeliveryOf(message, eventType, subscription)), cancellationToken);
        metrics.EventFannedOut(matching.Count);
        Log.FannedOut(logger, message.Tenant, message.EventId, eventType, matching.Count);
    }

    static DeliveryMessage DeliveryOf(EventMessage message, string eventType, Subscription subscription) => new()
    {
        Tenant = message.Tenant,
        SubscriptionId = subscription.Id,
        EventId = message.EventId,
        EventType = eventType,
        DeliveryId = DeliveryId.Of(message.Tenant, message.EventId, subscription.Id),
        AcceptedAt = message.AcceptedAt,
        LivesFrom = message.LivesFrom,
        // Not when a replayed event was accepted: that week's attempts may have been dropped.
        RunStartedAt = message.LivesFrom,
        DueAt = message.LivesFrom,
        Body = message.Body,
        Trace = message.Trace,
    };

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information,
            "Event fanned out: tenant {Tenant}, event {EventId} ({EventType}), {Deliveries} deliveries")]
        public static partial void FannedOut(
            ILogger logger, string tenant, string eventId, string eventType, int deliveries);
    }
}
