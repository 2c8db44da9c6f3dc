using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// The heart of it: what an attempt's result means for the delivery. Pure; <see cref="DeliverFunction"/> acts on it.
/// </summary>
internal static class DeliveryPolicy
{
    const int TooManyRequests = 429;
    const int ServiceUnavailable = 503;

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
            case AttemptResult.Busy(var comeAgain):
                var wait = comeAgain ?? PutBackSchedule.AtBusyEndpoint(message.PutBack, jitter);
                return new Verdict(null, new Settlement.PutBack(wait, PutBackReason.EndpointBusy));
            case AttemptResult.NoSubscription:
                return Ended(AttemptRecord.Of(message, startedAt, AttemptOutcome.SubscriptionDeleted));
            case AttemptResult.Made({ Succeeded: true } exchange):
                return Ended(AttemptRecord.Of(message, startedAt, AttemptOutcome.Delivered).With(exchange));
            case AttemptResult.Made(var exchange):
                var asked = exchange.Status is TooManyRequests or ServiceUnavailable ? exchange.RetryAfter : null;
                return Failed(AttemptRecord.Of(message, startedAt, AttemptOutcome.Retrying).With(exchange), asked);
            case AttemptResult.Down(var evidence):
                return Failed(AttemptRecord.Of(message, startedAt, AttemptOutcome.Retrying).With(evidence), null);
            default:
                throw new ArgumentOutOfRangeException(nameof(result), result, "An attempt has no such result.");
        }

        Verdict Ended(AttemptRecord record) => new(record, new Settlement.Complete());

        Verdict Failed(AttemptRecord record, TimeSpan? retryAfter)
        {
            var decided = message.Attempt >= RetrySchedule.MaxAttempts
                ? record with { Outcome = AttemptOutcome.DeadLettered }
                : record with { NextAttemptAt = now + RetrySchedule.WaitAfter(message.Attempt, jitter, retryAfter) };
            return new Verdict(decided, SettlementOf(message, decided));
        }
    }

    /// <summary>The settlement of an attempt that is on record, by whomever it was made.</summary>
    /// <param name="message">The attempt.</param>
    /// <param name="record">What stands in the log.</param>
    public static Settlement SettlementOf(DeliveryMessage message, AttemptRecord record) => record.Outcome switch
    {
        AttemptOutcome.Retrying or AttemptOutcome.Unknown when record.NextAttemptAt is { } next => new Settlement.Retry(message.NextAttempt(next)),
        AttemptOutcome.DeadLettered => new Settlement.DeadLetter(
            DeadLetterReason.AttemptsExhausted,
            $"All {RetrySchedule.MaxAttempts} attempts failed; the last one at {record.StartedAt:u}: {record.Explanation}"),
        AttemptOutcome.Unknown => new Settlement.DeadLetter(
            DeadLetterReason.InvalidDelivery,
            "A later version of the app recorded this attempt with an outcome that this version does not know. "
            + "Deploy that version and replay the delivery."),
        _ => new Settlement.Complete(),
    };
}

/// <summary>What follows from an attempt, all of it.</summary>
/// <param name="Record">What is kept of it; null when nothing counts.</param>
/// <param name="Settlement">What is done with its message once that is kept.</param>
internal sealed record Verdict(AttemptRecord? Record, Settlement Settlement);
