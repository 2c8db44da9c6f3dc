using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Events;

/// <summary>Takes an event off the queue and settles it.</summary>
internal sealed partial class FanOutFunction(
    FanOut fanOut,
    EventQueue events,
    MessageSettler settler,
    PutBacks putBacks,
    CreditPace credits,
    ILogger<FanOutFunction> logger)
{
    /// <summary>
    /// Completes the message when its deliveries are on their queue. Dead-letters a message that is not an event as
    /// <c>InvalidEvent</c>.
    /// </summary>
    [Function("FanOut")]
    public Task RunAsync(
        [ServiceBusTrigger(
            Queues.VisitorEvents, Connection = Queues.Connection,
            AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => MessageTrace.RunAsync(
            SpanName.FanOut, Queues.VisitorEvents, message, () => HandleAsync(message, actions, cancellationToken));

    async Task HandleAsync(
        ServiceBusReceivedMessage message, ServiceBusMessageActions actions, CancellationToken cancellationToken)
    {
        await credits.SpendAsync(1, cancellationToken);
        var (envelope, fault) = EventMessage.Read(message);
        if (envelope is null)
        {
            await settler.DeadLetterAsync(
                actions, message, Queues.VisitorEvents, DeadLetterReason.InvalidEvent, fault!);
            return;
        }

        var reading = EventReader.Read(envelope.Body.ToMemory());
        if (reading is not EventReading.Valid(var eventType))
        {
            await settler.DeadLetterAsync(
                actions, message, Queues.VisitorEvents, DeadLetterReason.InvalidEvent, reading.ToString());
            return;
        }

        try
        {
            await fanOut.SendAsync(envelope, eventType, cancellationToken);
        }
        catch (Exception e) when (Outage.IsOne(e, cancellationToken) && !Outage.IsOfServiceBus(e))
        {
            // If just the queue of deliveries is missing, disabled or full, the events stay on their own.
            var wait = putBacks.AfterOutage(
                e, envelope.PutBack,
                (seconds, error) =>
                    Log.PutBack(logger, envelope.Tenant, LoggedId.Of(envelope.EventId), seconds, error));
            await putBacks.SendAsync(
                Queues.VisitorEvents, PutBackReason.Dependency,
                () => events.PutBackAsync(envelope, wait, cancellationToken));
        }

        await settler.CompleteAsync(actions, message);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Event {EventId} of tenant {Tenant} put back for the first time, for {WaitSeconds} s: "
            + "a dependency failed, {Error}")]
        public static partial void PutBack(
            ILogger logger, string tenant, string eventId, double waitSeconds, string error);
    }
}

/// <summary>
/// Makes one delivery for each subscription that takes an event. Safe to repeat: the deliveries' ids are computed.
/// </summary>
internal sealed partial class FanOut(
    FreshSubscriptions subscriptions, DeliveryQueue deliveries, AtriumMetrics metrics, ILogger<FanOut> logger)
{
    /// <exception cref="Azure.RequestFailedException">The subscriptions could not be read.</exception>
    public async Task SendAsync(EventMessage message, string eventType, CancellationToken cancellationToken)
    {
        var matching = (await subscriptions.ListAsync(message.Tenant, cancellationToken))
            .Where(subscription => subscription.Takes(eventType)).ToList();
        await deliveries.SendAsync(
            matching.Select(subscription => DeliveryOf(message, eventType, subscription)), cancellationToken);
        metrics.EventFannedOut(matching.Count);
        if (matching.Count == 0)
        {
            Log.TakenByNone(logger, message.Tenant, LoggedId.Of(message.EventId), eventType);
        }
        else
        {
            // Each delivery has a line of its own, and the log is billed by size.
            Log.FannedOut(logger, message.Tenant, LoggedId.Of(message.EventId), eventType, matching.Count);
        }
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
        // Not the time at which a replayed event was accepted: the attempts of that week may have been dropped.
        RunStartedAt = message.LivesFrom,
        DueAt = message.LivesFrom,
        Body = message.Body,
        Trace = message.Trace,
    };

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Debug,
            "Event fanned out: tenant {Tenant}, event {EventId} ({EventType}), {Deliveries} deliveries")]
        public static partial void FannedOut(
            ILogger logger, string tenant, string eventId, string eventType, int deliveries);

        [LoggerMessage(
            2, LogLevel.Information,
            "Event taken by no subscription: tenant {Tenant}, event {EventId} ({EventType})")]
        public static partial void TakenByNone(ILogger logger, string tenant, string eventId, string eventType);
    }
}
