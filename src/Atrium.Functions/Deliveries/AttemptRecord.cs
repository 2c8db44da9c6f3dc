using System.Diagnostics;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// The record of an attempt: all that shows whose fault a failure was, and nothing of the request's body.
/// </summary>
internal sealed record AttemptRecord
{
    /// <summary>
    /// Characters of the response that are kept: enough for an error page's message, small enough for a hundred rows in
    /// one transaction.
    /// </summary>
    public const int MaxExcerptCharacters = 2048;

    /// <summary>
    /// Characters of the explanation that are kept: more than any needs, except one of an earlier version with a
    /// redirect's whole target.
    /// </summary>
    public const int MaxExplanationCharacters = 2560;

    public required string Tenant { get; init; }
    public required string SubscriptionId { get; init; }
    public required string EventId { get; init; }
    public required string EventType { get; init; }
    public required string DeliveryId { get; init; }
    public required int Run { get; init; }
    public required int Attempt { get; init; }
    public required DateTimeOffset RunStartedAt { get; init; }

    /// <summary>See <see cref="DeliveryMessage.AcceptedAt"/>; null in records of earlier versions.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    public required DateTimeOffset DueAt { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>When the next attempt is due; only with <see cref="AttemptOutcome.Retrying"/>.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public int? Status { get; init; }

    /// <summary>One of the names of <see cref="Egress.ErrorClass"/>; null when nothing went wrong.</summary>
    public string? ErrorClass { get; init; }

    /// <summary>
    /// One of the names of <see cref="FailureCause"/>, or one of a later version; null when the class and the status
    /// say all, and in records of earlier versions.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>What went wrong and what to do, in a sentence for the customer's admin.</summary>
    public string? Explanation { get; init; }

    /// <summary>The beginning of the answer's body. Its URLs are cut to their origins.</summary>
    public string? ResponseExcerpt { get; init; }

    /// <summary>Whether the request went out twice; see <see cref="Exchange.Resent"/>.</summary>
    public bool Resent { get; init; }

    public double? DnsMs { get; init; }
    public double? ConnectMs { get; init; }
    public double? TlsMs { get; init; }
    public double? FirstByteMs { get; init; }
    public double? TotalMs { get; init; }

    /// <summary>
    /// Whether a request was made, or refused by the egress guard. False for an endpoint that is down or overloaded,
    /// and for a deleted subscription.
    /// </summary>
    public bool WasRequested => TotalMs is not null;

    /// <summary>Whether what was accepted at a time has arrived by this attempt.</summary>
    /// <param name="acceptedAt">
    /// When the event was published. What is published again after an hour is sent again, though it was delivered
    /// before. What a person sends again keeps the time.
    /// </param>
    /// <remarks>
    /// The time is the broker's, and also when the first run began: a success of that run counts even if the instance's
    /// clock is behind.
    /// </remarks>
    public bool IsSuccessSince(DateTimeOffset acceptedAt) =>
        Outcome == AttemptOutcome.Delivered && (StartedAt >= acceptedAt || RunStartedAt >= acceptedAt);

    /// <summary>The record of an attempt for which no request was made yet.</summary>
    public static AttemptRecord Of(DeliveryMessage message, DateTimeOffset startedAt, AttemptOutcome outcome) => new()
    {
        Tenant = message.Tenant,
        SubscriptionId = message.SubscriptionId,
        EventId = message.EventId,
        EventType = message.EventType,
        DeliveryId = message.DeliveryId,
        Run = message.Run,
        Attempt = message.Attempt,
        RunStartedAt = message.RunStartedAt,
        AcceptedAt = message.AcceptedAt,
        DueAt = message.DueAt,
        StartedAt = startedAt,
        Outcome = outcome,
    };

    /// <summary>The same with what came of the request.</summary>
    public AttemptRecord With(Exchange exchange) => this with
    {
        Status = exchange.Status,
        ErrorClass = exchange.Error?.Name(),
        Cause = exchange.Cause?.Name(),
        Explanation = exchange.Explanation.Truncate(MaxExplanationCharacters),
        ResponseExcerpt = exchange.Body.Bytes.IsEmpty
            ? null
            : UrlMask.Hide(exchange.Body.Text(), exchange.Urls, exchange.Body.Truncated)
                .Truncate(MaxExcerptCharacters),
        DnsMs = exchange.Timings.Dns,
        ConnectMs = exchange.Timings.Connect,
        TlsMs = exchange.Timings.Tls,
        Resent = exchange.Resent,
        FirstByteMs = exchange.Timings.FirstByte,
        TotalMs = exchange.Timings.Total,
    };

    /// <summary>The same with why no request was made.</summary>
    public AttemptRecord With(EndpointAdmission.Down down) => this with
    {
        ErrorClass = Egress.ErrorClass.EndpointDown.Name(),
        Cause = down.Last.Cause?.Name(),
        Explanation = Egress.Explanation.EndpointDown(
            down.Requests, down.Within, down.LastAt, down.Last.Explanation)
            .Truncate(MaxExplanationCharacters),
    };

    /// <summary>The same for an overloaded endpoint, with the reason why no request was made.</summary>
    public AttemptRecord With(EndpointAdmission.Overloaded load) => this with
    {
        ErrorClass = Egress.ErrorClass.EndpointOverloaded.Name(),
        Explanation = Egress.Explanation.EndpointOverloaded(load.AtOnce, load.Each),
    };

    /// <summary>
    /// Whether this record belongs to the attempt whose message brought it, and can be stored in a table.
    /// </summary>
    /// <param name="isPossible">Judges the times.</param>
    public bool IsOf(DeliveryMessage delivery, Func<DateTimeOffset, bool> isPossible) =>
        (Tenant, SubscriptionId, EventId, EventType, DeliveryId, Run, Attempt, RunStartedAt)
            == (delivery.Tenant, delivery.SubscriptionId, delivery.EventId, delivery.EventType, delivery.DeliveryId,
                delivery.Run, delivery.Attempt, delivery.RunStartedAt)
        && isPossible(DueAt) && isPossible(StartedAt) && isPossible(AcceptedAt ?? DueAt)
        && isPossible(NextAttemptAt ?? DueAt)
        && (ErrorClass ?? "").Length <= MessageProperties.MaxLength
        && (Cause ?? "").Length <= MessageProperties.MaxLength
        && (Explanation ?? "").Length <= MaxExplanationCharacters
        && (ResponseExcerpt ?? "").Length <= MaxExcerptCharacters;
}

/// <summary>How an attempt ended. The names are stored, logged and shown as they are here.</summary>
internal enum AttemptOutcome
{
    /// <summary>What a later version of the app wrote, before it was rolled back.</summary>
    Unknown,

    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>It failed and the next attempt is scheduled.</summary>
    Retrying,

    /// <summary>It was the last attempt and failed; the message is in the dead-letter queue.</summary>
    DeadLettered,

    /// <summary>No request was made, because the subscription was deleted.</summary>
    SubscriptionDeleted,
}

/// <summary>What a trace shows of an attempt: its tenant, subscription, event and outcome, and never its URL.</summary>
internal static class AttemptSpan
{
    /// <summary>Sets the tags of what is being traced, if anything is.</summary>
    public static void SetTags(AttemptRecord record)
    {
        if (Activity.Current is not { IsAllDataRequested: true } activity)
        {
            return;
        }

        activity.SetTag("webhook.tenant", record.Tenant);
        activity.SetTag("webhook.subscription_id", record.SubscriptionId);
        activity.SetTag("webhook.event_id", LoggedId.Of(record.EventId));
        activity.SetTag("webhook.delivery_id", record.DeliveryId);
        activity.SetTag("webhook.run", record.Run);
        activity.SetTag("webhook.attempt", record.Attempt);
        activity.SetTag("webhook.outcome", record.Outcome.ToString());
        activity.SetTag("error.type", record.ErrorClass);
        activity.SetTag("http.response.status_code", record.Status);
    }
}
