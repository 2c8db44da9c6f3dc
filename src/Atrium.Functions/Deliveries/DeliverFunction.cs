using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Deliveries;

/// <summary>Takes a delivery off the queue, has one attempt made, and settles the message.</summary>
internal sealed partial class DeliverFunction(
    Delivery delivery,
    DeliveryQueue queue,
    ParkedQueue parked,
    LockCheck lockCheck,
    Settling settling,
    AtriumMetrics metrics,
    OutageLog outages,
    TimeProvider time,
    Jitter jitter,
    ILogger<DeliverFunction> logger)
{
    /// <summary>One message, one attempt at most, one settlement.</summary>
    [Function("Deliver")]
    public async Task RunAsync(
        [ServiceBusTrigger(Queues.Deliveries, Connection = Queues.Connection, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken)
    {
        using var activity = MessageTrace.Begin("deliver", Queues.Deliveries, message);
        lockCheck.Examine(message);
        switch (await HandleAsync(message, cancellationToken))
        {
            case Settlement.Complete:
                await settling.CompleteAsync(actions, message);
                break;
            case Settlement.Replace(var by, var at):
                // First the new message, then the end of the old: a crash between the two is a duplicate that the broker drops.
                await queue.ScheduleAsync(by, at, cancellationToken);
                await settling.CompleteAsync(actions, message);
                break;
            case Settlement.Park(var copy):
                await parked.ParkAsync([copy], cancellationToken);
                await settling.CompleteAsync(actions, message);
                break;
            case Settlement.DeadLetter(var reason, var description):
                await settling.DeadLetterAsync(actions, message, Queues.Deliveries, reason, description);
                break;
            case var unknown:
                throw new InvalidOperationException($"There is no settlement {unknown}.");
        }
    }

    async Task<Settlement> HandleAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        switch (DeliveryMessageReader.Read(message))
        {
            case DeliveryReading.Invalid(var why):
                return new Settlement.DeadLetter(DeadLetterReason.InvalidDelivery, why);
            case DeliveryReading.Understood(var due):
                try
                {
                    return await delivery.HandleAsync(due, message.DeliveryCount, message.EnqueuedTime, cancellationToken);
                }
                catch (Exception e) when (e is OutcomeNotRecordedException || Outage.IsOne(e, cancellationToken))
                {
                    return PutBack(due, e);
                }

            case var unknown:
                throw new InvalidOperationException($"There is no reading {unknown}.");
        }
    }

    Settlement.Replace PutBack(DeliveryMessage due, Exception exception)
    {
        var wait = PutBackSchedule.Wait(due.PutBack, jitter());
        var unrecorded = (exception as OutcomeNotRecordedException)?.Record;
        var outage = unrecorded is null ? exception : exception.InnerException!;
        if (!outages.Explains(outage) && due.PutBack == 0)
        {
            Log.PutBack(
                logger, due.DeliveryId, due.Run, due.Attempt, wait.TotalSeconds, unrecorded is not null,
                ErrorText.Of(outage));
        }

        Tracing.PutOff(outage);
        metrics.PutBack(Queues.Deliveries, PutBackReason.Dependency);
        return new Settlement.Replace(due.Again(unrecorded ?? due.Unrecorded), time.GetUtcNow() + wait);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Delivery {DeliveryId}, run {Run}, attempt {Attempt} put back for the first time, uncounted, "
            + "for {WaitSeconds} s (request already made: {AttemptMade}): a dependency failed, {Error}")]
        public static partial void PutBack(
            ILogger logger, string deliveryId, int run, int attempt, double waitSeconds, bool attemptMade,
            string error);
    }
}
