using Atrium.Functions.Egress;

namespace Atrium.Functions.Deliveries;

/// <summary>Puts what came of an attempt, and what was decided, into the form that is kept. Pure.</summary>
internal static class AttemptRecords
{
    public static AttemptRecord From(
        DeliveryMessage message, DateTimeOffset startedAt, AttemptResult result, DeliveryDecision decision, DateTimeOffset now)
    {
        var record = new AttemptRecord
        {
            Tenant = message.Tenant,
            SubscriptionId = message.SubscriptionId,
            EventId = message.EventId,
            EventType = message.EventType,
            DeliveryId = message.DeliveryId,
            Run = message.Run,
            Attempt = message.Attempt,
            RunStartedAt = message.RunStartedAt,
            DueAt = message.DueAt,
            StartedAt = startedAt,
            Outcome = OutcomeOf(decision),
            NextAttemptAt = decision is DeliveryDecision.RetryAfter(var wait) ? now + wait : null,
        };
        return result is AttemptResult.Made(var exchange) ? With(record, exchange) : record;
    }

    static AttemptOutcome OutcomeOf(DeliveryDecision decision) => decision switch
    {
        DeliveryDecision.Complete => AttemptOutcome.Delivered,
        DeliveryDecision.RetryAfter => AttemptOutcome.Retrying,
        DeliveryDecision.DeadLetter => AttemptOutcome.DeadLettered,
        DeliveryDecision.Drop => AttemptOutcome.SubscriptionDeleted,
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "There is no such decision."),
    };

    static AttemptRecord With(AttemptRecord record, Exchange exchange) => record with
    {
        Status = exchange.Status,
        ErrorClass = exchange.Error?.Name(),
        Explanation = exchange.Explanation.Truncate(AttemptRecord.MaxExplanationCharacters),
        ResponseExcerpt = exchange.Body.Bytes.IsEmpty
            ? null
            : UrlMask.Hide(exchange.Body.Text(), exchange.Requested, exchange.Body.Truncated)
                .Truncate(AttemptRecord.MaxExcerptCharacters),
        DnsMs = exchange.Timings.Dns?.TotalMilliseconds,
        ConnectMs = exchange.Timings.Connect?.TotalMilliseconds,
        TlsMs = exchange.Timings.Tls?.TotalMilliseconds,
        Resent = exchange.Resent,
        FirstByteMs = exchange.Timings.FirstByte?.TotalMilliseconds,
        TotalMs = exchange.Timings.Total.TotalMilliseconds,
    };
}
