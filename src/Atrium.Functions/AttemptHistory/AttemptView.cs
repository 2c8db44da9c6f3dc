using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;

namespace Atrium.Functions.AttemptHistory;

/// <summary>An attempt as the admin API shows it.</summary>
internal sealed record AttemptView
{
    /// <summary>The <c>webhook-id</c> that the receiver saw.</summary>
    public required string DeliveryId { get; init; }

    public required string EventId { get; init; }

    /// <summary>The event's name.</summary>
    public required string Event { get; init; }

    /// <summary>1, and one more with each replay.</summary>
    public required int Run { get; init; }

    /// <summary>Its number within the run, 1 to <see cref="RetrySchedule.MaxAttempts"/>.</summary>
    public required int Attempt { get; init; }

    public required DateTimeOffset DueAt { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>A name of <see cref="AttemptOutcome"/>.</summary>
    public required string Outcome { get; init; }

    public required int? Status { get; init; }
    public required string? ErrorClass { get; init; }

    /// <summary>A name of <see cref="FailureCause"/>; null when class and status say all.</summary>
    public required string? Cause { get; init; }

    public required string? Explanation { get; init; }
    public required string? ResponseExcerpt { get; init; }

    /// <summary>
    /// Whether the request went out twice in this attempt: the receiver had closed the connection in use before a byte
    /// of an answer came.
    /// </summary>
    public required bool Resent { get; init; }

    public required ExchangeTimings? Timings { get; init; }
    public required DateTimeOffset? NextAttemptAt { get; init; }

    public static AttemptView Of(AttemptRecord record) => new()
    {
        DeliveryId = record.DeliveryId,
        EventId = record.EventId,
        Event = record.EventType,
        Run = record.Run,
        Attempt = record.Attempt,
        DueAt = record.DueAt,
        StartedAt = record.StartedAt,
        Outcome = record.Outcome.ToString(),
        Status = record.Status,
        ErrorClass = record.ErrorClass,
        Cause = record.Cause,
        Explanation = record.Explanation
            ?? (record.Outcome == AttemptOutcome.SubscriptionDeleted
            ? "No request was made: the subscription was deleted."
            : null),
        ResponseExcerpt = record.ResponseExcerpt,
        Resent = record.Resent,
        Timings = record.TotalMs is { } total
            ? new(record.DnsMs, record.ConnectMs, record.TlsMs, record.FirstByteMs, total)
            : null,
        NextAttemptAt = record.NextAttemptAt,
    };
}
