using System.Diagnostics;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Deliveries;

/// <summary>Takes a delivery off the queue, has one attempt made, and settles the message.</summary>
internal sealed partial class DeliverFunction(
    DeliveryHandler handler,
    DeliveryQueue queue,
    ParkedQueue parked,
    LockCheck lockCheck,
    Settling settling,
    AtriumMetrics metrics,
    OutageLog outages,
    TimeProvider time,
    Func<double> jitter,
    ILogger<DeliverFunction> logger)
{
    /// <summary>One message, one attempt at most, one settlement.</summary>
    [Function("Deliver")]
    public async Task RunAsync(
        [ServiceBusTrigger(
            Queues.Deliveries, Connection = Queues.Connection,
            AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken)
    {
        using var activity = MessageTrace.Begin("deliver", Queues.Deliveries, message);
        lockCheck.Examine(message);
        switch (DeliveryMessageReader.Read(message))
        {
            case DeliveryReading.Invalid(var why):
                await settling.DeadLetterAsync(
                    actions, message, Queues.Deliveries, DeadLetterReason.InvalidDelivery, why);
                break;
            case DeliveryReading.Understood(var due):
                await SettleAsync(
                    actions, message, due, await HandleAsync(due, message, cancellationToken), cancellationToken);
                break;
        }
    }

    async Task<Settlement> HandleAsync(
        DeliveryMessage due, ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await handler.HandleAsync(due, message.DeliveryCount, message.EnqueuedTime, cancellationToken);
        }
        catch (Exception e) when (e is OutcomeNotRecordedException || Outage.IsOne(e, cancellationToken))
        {
            var wait = PutBackSchedule.AfterOutage(due.PutBack, jitter());
            var unrecorded = (e as OutcomeNotRecordedException)?.Record;
            var outage = unrecorded is null ? e : e.InnerException!;
            if (!outages.Explains(outage) && due.PutBack == 0)
            {
                Log.PutBack(
                    logger, due.DeliveryId, due.Run, due.Attempt, wait.TotalSeconds, unrecorded is not null,
                    ErrorText.Of(outage));
            }

            Tracing.PutOff(outage);
            return new Settlement.PutBack(wait, PutBackReason.Dependency, unrecorded ?? due.Unrecorded);
        }
    }

    // First the new message, then the end of the old: a crash between the two is a duplicate that the broker drops.
    async Task SettleAsync(
        ServiceBusMessageActions actions,
        ServiceBusReceivedMessage message,
        DeliveryMessage due,
        Settlement settlement,
        CancellationToken cancellationToken)
    {
        switch (settlement)
        {
            case Settlement.Complete:
                break;
            case Settlement.Retry(var next):
                await queue.ScheduleAsync(next, next.DueAt, cancellationToken);
                break;
            case Settlement.PutBack(var wait, var reason, var unrecorded):
                await PutBackAsync(due.Again(unrecorded), wait, reason, cancellationToken);
                break;
            case Settlement.Park:
                await ParkAsync(due, cancellationToken);
                break;
            case Settlement.DeadLetter(var reason, var description):
                await settling.DeadLetterAsync(actions, message, Queues.Deliveries, reason, description);
                return;
            default:
                throw new UnreachableException($"There is no settlement {settlement}.");
        }

        await settling.CompleteAsync(actions, message);
    }

    async Task ParkAsync(DeliveryMessage due, CancellationToken cancellationToken)
    {
        if (await parked.TryParkAsync(due.Again(null), cancellationToken))
        {
            metrics.Parked();
            Log.Parked(logger, due.DeliveryId, due.Run, due.Attempt, due.SubscriptionId, due.Tenant);
        }
        else
        {
            var wait = PutBackSchedule.WhileParkedIsFull(due.PutBack, jitter());
            await PutBackAsync(due.Again(null), wait, PutBackReason.ParkedFull, cancellationToken);
        }
    }

    async Task PutBackAsync(DeliveryMessage copy, TimeSpan wait, string reason, CancellationToken cancellationToken)
    {
        await queue.ScheduleAsync(copy, time.GetUtcNow() + wait, cancellationToken);
        metrics.PutBack(Queues.Deliveries, reason);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Delivery {DeliveryId}, run {Run}, attempt {Attempt} put back for the first time, uncounted, "
            + "for {WaitSeconds} s (request already made: {AttemptMade}): a dependency failed, {Error}")]
        public static partial void PutBack(
            ILogger logger, string deliveryId, int run, int attempt, double waitSeconds, bool attemptMade,
            string error);

        [LoggerMessage(2, LogLevel.Information,
            "Delivery {DeliveryId}, run {Run}: attempt {Attempt} is parked, since subscription {SubscriptionId} "
            + "of tenant {Tenant} is paused")]
        public static partial void Parked(
            ILogger logger, string deliveryId, int run, int attempt, string subscriptionId, string tenant);
    }
}
