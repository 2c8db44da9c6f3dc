using Atrium.Functions.Messaging;

namespace Atrium.Functions.Deliveries;

/// <summary>One attempt of one delivery that is due, as it lies on the queue.</summary>
internal sealed record DeliveryMessage
{
    public required string Tenant { get; init; }
    public required string SubscriptionId { get; init; }
    public required string EventId { get; init; }
    public required string EventType { get; init; }

    /// <summary>The <c>webhook-id</c>; see <see cref="Deliveries.DeliveryId"/>.</summary>
    public required string DeliveryId { get; init; }

    /// <summary>1, and one more with each replay.</summary>
    public int Run { get; init; } = 1;

    /// <summary>1 to <see cref="RetrySchedule.MaxAttempts"/>.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>How often this attempt was put back uncounted.</summary>
    public int PutBack { get; init; }

    /// <summary>How often this run was put back since the endpoint had no slot to give.</summary>
    public int Refusals { get; init; }

    /// <summary>When the event was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>
    /// From when <see cref="Lifetime.Whole"/> counts, after which every copy of the message expires: when the event was
    /// accepted, or when a person last brought the delivery back, since what lay in a dead-letter queue or parked would
    /// otherwise expire at once.
    /// </summary>
    public required DateTimeOffset LivesFrom { get; init; }

    /// <summary>When this run began; its week names the table in which the run's attempts are kept.</summary>
    public required DateTimeOffset RunStartedAt { get; init; }

    /// <summary>
    /// When this attempt was to be made; that it is put back does not move it, so what it is late by is seen.
    /// </summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>The event's bytes, as published.</summary>
    public required BinaryData Body { get; init; }

    /// <summary>
    /// The outcome of this attempt, made but not yet recorded because the tables could not be reached.
    /// </summary>
    public AttemptRecord? Unrecorded { get; init; }

    /// <summary>The trace that the delivery belongs to, as its message brought it; null for none.</summary>
    public string? Trace { get; init; }

    /// <summary>
    /// No other message has this id. Duplicate detection would swallow a second one and report success, so whatever is
    /// put on the queue anew counts up run, attempt or put-back.
    /// </summary>
    public string MessageId => $"{DeliveryId}:{Run}:{Attempt}.{PutBack}";

    /// <summary>The message of the next attempt.</summary>
    public DeliveryMessage NextAttempt(DateTimeOffset dueAt) =>
        this with { Attempt = Attempt + 1, PutBack = 0, DueAt = dueAt, Unrecorded = null };

    /// <summary>The message of a new run, which a person asked for: attempt 1 again.</summary>
    /// <param name="now">The time.</param>
    public DeliveryMessage Replayed(DateTimeOffset now) =>
        this with
        {
            Run = Run + 1,
            Attempt = 1,
            PutBack = 0,
            Refusals = 0,
            RunStartedAt = now,
            DueAt = now,
            LivesFrom = now,
            Unrecorded = null
        };

    /// <summary>The message of the same attempt, put back uncounted.</summary>
    /// <param name="unrecorded">What the receiver answered already, if it did: the request is not repeated.</param>
    public DeliveryMessage Again(AttemptRecord? unrecorded) =>
        this with { PutBack = PutBack + 1, Unrecorded = unrecorded };

    /// <summary>The message of the same attempt, put back uncounted since the endpoint had no slot to give.</summary>
    public DeliveryMessage Refused() => Again(null) with { Refusals = Refusals + 1 };

    /// <summary>
    /// The message of the same attempt that was parked, brought back uncounted, due now and with a whole life before
    /// it. If its run began long ago, its attempts from now on are kept with this week's, where they are looked for,
    /// and for as long as others.
    /// </summary>
    /// <param name="now">The time.</param>
    public DeliveryMessage Resumed(DateTimeOffset now) => Again(null) with
    {
        DueAt = now,
        LivesFrom = now,
        RunStartedAt = now - RunStartedAt > Lifetime.Whole ? now : RunStartedAt,
    };
}

/// <summary>
/// Ids that are computed, never drawn: work that runs twice makes the same ids, and duplicate detection drops the
/// second lot. They hold no dot and no colon, which separate parts of the signed content and of message ids.
/// </summary>
internal static class DeliveryId
{
    /// <summary>What to say of a text that is none.</summary>
    public const string Rule = "A delivery's id is its webhook-id: msg_ and 32 hexadecimal digits in lower case.";

    const string Prefix = "msg_";

    /// <summary>The <c>webhook-id</c>: the same for one event and one subscription on every retry and replay.</summary>
    public static string Of(string tenant, string eventId, string subscriptionId) =>
        Prefix + StableHash.Of(tenant, eventId, subscriptionId);

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + StableHash.Length && id.StartsWith(Prefix, StringComparison.Ordinal)
            && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}
