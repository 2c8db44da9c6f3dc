using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// The core: decides what an attempt's result means for the delivery. Pure. <see cref="DeliverFunction"/> acts on the
/// decision.
/// </summary>
internal static class DeliveryPolicy
{
    /// <summary>
    /// How often a run is put back at an overloaded endpoint that has no slot. This costs half as much again as ten
    /// plain failures.
    /// </summary>
    public const int MaxSlotPutBacks = 5;

    /// <summary>Whether an attempt that finds no slot may be put back uncounted, whatever is known of the endpoint.
    /// </summary>
    public static bool MayComeAgain(DeliveryMessage message) => message.SlotPutBacks < MaxSlotPutBacks;

    /// <param name="message">The attempt that was due.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="startedAt">When it began.</param>
    /// <param name="now">When it was over.</param>
    /// <param name="jitter">At least 0, below 1.</param>
    public static Verdict Decide(
        DeliveryMessage message, AttemptResult result, DateTimeOffset startedAt, DateTimeOffset now, double jitter)
    {
        switch (result)
        {
            case AttemptResult.Paused:
                return new Verdict(null, new Settlement.Park());
            case AttemptResult.NotAdmitted(EndpointAdmission.Busy(var comeAgain, var firstWait)):
                var wait = comeAgain ?? PutBackSchedule.AtBusyEndpoint(firstWait, jitter);
                return new Verdict(null, PutBack(PutBackReason.EndpointBusy, wait));
            case AttemptResult.NotAdmitted(EndpointAdmission.InstanceBusy):
                return new Verdict(
                    null,
                    PutBack(
                        PutBackReason.InstanceBusy,
                        PutBackSchedule.WhileItLasts(message.PutBacksFor(PutBackReason.InstanceBusy), jitter)));
            case AttemptResult.NoSubscription:
                return Ended(AttemptRecord.Of(message, startedAt, AttemptOutcome.SubscriptionDeleted));
            case AttemptResult.Made({ Succeeded: true } exchange):
                return Ended(AttemptRecord.Of(message, startedAt, AttemptOutcome.Delivered).With(exchange));
            case AttemptResult.Made(var exchange):
                return Failed(
                    AttemptRecord.Of(message, startedAt, AttemptOutcome.Retrying).With(exchange), AskedBy(exchange));
            case AttemptResult.NotAdmitted(EndpointAdmission.Down down):
                return Failed(
                    AttemptRecord.Of(message, startedAt, AttemptOutcome.Retrying).With(down),
                    AskedBy(down.Last) - (now - down.LastAt));
            case AttemptResult.NotAdmitted(EndpointAdmission.Overloaded load):
                return Failed(AttemptRecord.Of(message, startedAt, AttemptOutcome.Retrying).With(load), null);
            default:
                throw new ArgumentOutOfRangeException(nameof(result), result, "An attempt has no such result.");
        }

        Settlement PutBack(string reason, TimeSpan wait) => new Settlement.PutBack(message.WithPutBack(reason), wait);

        Verdict Ended(AttemptRecord record) => new(record, SettlementOf(message, record));

        Verdict Failed(AttemptRecord record, TimeSpan? retryAfter)
        {
            if (message.Attempt >= RetrySchedule.MaxAttempts)
            {
                var last = record with { Outcome = AttemptOutcome.DeadLettered };
                return new Verdict(last, Exhausted(last));
            }

            var next = now + RetrySchedule.WaitAfter(message.Attempt, jitter, retryAfter);
            return new Verdict(
                record with { NextAttemptAt = next }, new Settlement.Retry(message.NextAttempt(next)));
        }
    }

    static TimeSpan? AskedBy(Exchange exchange) =>
        exchange.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable
            ? exchange.RetryAfter
            : null;

    /// <summary>The settlement that follows from an outcome, whether it is new or was found on record.</summary>
    /// <param name="message">The attempt.</param>
    /// <param name="record">What stands in the log, maybe as another run.</param>
    public static Settlement SettlementOf(DeliveryMessage message, AttemptRecord record) => record.Outcome switch
    {
        AttemptOutcome.Delivered => new Settlement.Complete { DeliveredAt = record.StartedAt },
        AttemptOutcome.Retrying or AttemptOutcome.Unknown when record.NextAttemptAt is { } next =>
            new Settlement.Retry((message with { Run = record.Run }).NextAttempt(next)),
        AttemptOutcome.DeadLettered => Exhausted(record),
        AttemptOutcome.Retrying => new Settlement.DeadLetter(
            DeadLetterReason.InvalidDelivery,
            "The record of this attempt does not say when the next one is due. Replay the delivery."),
        AttemptOutcome.Unknown => new Settlement.DeadLetter(
            DeadLetterReason.InvalidDelivery,
            "A later version of the app recorded this attempt with an outcome that this version does not know. "
            + "Deploy that version and replay the delivery."),
        _ => new Settlement.Complete(),
    };

    static Settlement.DeadLetter Exhausted(AttemptRecord last) => new(
        DeadLetterReason.AttemptsExhausted,
        $"All {RetrySchedule.MaxAttempts} attempts failed; the last one at {last.StartedAt:u}: {last.Explanation}")
    {
        LastStatus = last.Status,
        LastErrorClass = last.ErrorClass,
    };
}

/// <summary>What follows from an attempt.</summary>
/// <param name="Record">What is kept of it; null when nothing counts.</param>
/// <param name="Settlement">What is done with its message once that is kept.</param>
internal sealed record Verdict(AttemptRecord? Record, Settlement Settlement);

/// <summary>
/// The result of an attempt: a value, whatever the receiver did. A failure on our side is an exception.
/// </summary>
internal abstract record AttemptResult
{
    /// <summary>A request was made, or refused by the egress guard.</summary>
    internal sealed record Made(Exchange Exchange) : AttemptResult;

    /// <summary>The subscription is no longer there.</summary>
    internal sealed record NoSubscription : AttemptResult;

    /// <summary>The subscription is paused: no request was made, and nothing counts.</summary>
    internal sealed record Paused : AttemptResult;

    /// <summary>No request was made, because there was no slot.</summary>
    internal sealed record NotAdmitted(EndpointAdmission Why) : AttemptResult;
}

/// <summary>What is to be done with the message of an attempt.</summary>
internal abstract record Settlement
{
    /// <summary>Nothing is left to do.</summary>
    internal sealed record Complete : Settlement
    {
        /// <summary>When the attempt began that delivered it; null if none has.</summary>
        public DateTimeOffset? DeliveredAt { get; init; }
    }

    /// <summary>The message of the next attempt replaces it, scheduled for when that is due.</summary>
    internal sealed record Retry(DeliveryMessage Next) : Settlement;

    /// <summary>The same attempt is put back, uncounted.</summary>
    /// <param name="Copy">Its message, which says why.</param>
    /// <param name="Wait">How much later.</param>
    internal sealed record PutBack(DeliveryMessage Copy, TimeSpan Wait) : Settlement;

    /// <summary>A copy waits on <c>parked</c> until the subscription is resumed: the same attempt, uncounted.</summary>
    internal sealed record Park : Settlement;

    internal sealed record DeadLetter(string Reason, string Description) : Settlement
    {
        /// <summary>What the receiver answered last, if it did.</summary>
        public int? LastStatus { get; init; }

        /// <summary>How the last attempt failed: a name of <see cref="ErrorClass"/>.</summary>
        public string? LastErrorClass { get; init; }
    }
}
