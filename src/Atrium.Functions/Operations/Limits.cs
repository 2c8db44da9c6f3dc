using System.Text.Json.Serialization;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Console;
using Atrium.Functions.Contract;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Erasure;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Notices;
using Atrium.Functions.Parking;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.TestWebhooks;

namespace Atrium.Functions.Operations;

/// <summary>
/// Every bound of the product that somebody outside can meet, grouped by what it bounds. The values are the constants
/// that enforce them, and the settings in force; a number is written nowhere twice.
/// </summary>
internal sealed record Limits(DeliveryLimits Deliveries, ReceiverLimits Receivers, DeadLetterLimits DeadLetters)
{
    public EventLimits Events { get; } = new();

    public SubscriptionLimits Subscriptions { get; } = new();

    public AttemptLimits Attempts { get; } = new();

    public ParkingLimits Parking { get; } = new();

    public JobLimits Jobs { get; } = new();

    public PageLimits Pages { get; } = new();

    public TestLimits Tests { get; } = new();

    public HealthLimits Health { get; } = new();

    public PortalLimits Portal { get; } = new();

    public static Limits Of(
        DeliveryOptions deliveries, EndpointBounds bounds, EgressOptions egress, DeadLetterOptions deadLetters) => new(
        new DeliveryLimits(deliveries.LockDuration.TotalSeconds, bounds),
        new ReceiverLimits(egress.Timeout.TotalSeconds, egress.ConnectTimeout.TotalSeconds, egress.Ports),
        new DeadLetterLimits(deadLetters.RetentionDays));
}

/// <summary>Bounds of the attempt log and of reading it.</summary>
internal sealed record AttemptLimits
{
    public double RetentionSeconds { get; } = AttemptTable.Retention.TotalSeconds;

    public int ExcerptCharacters { get; } = AttemptRecord.MaxExcerptCharacters;

    public int ExplanationCharacters { get; } = AttemptRecord.MaxExplanationCharacters;

    /// <summary>A page ends there, when a filter leaves most rows out.</summary>
    public int MaxRowsReadForPage { get; } = AttemptReader.MaxRowsRead;
}

/// <summary>Bounds of dead letters, and of looking at them.</summary>
internal sealed record DeadLetterLimits(int RetentionDays)
{
    public int MaxRequestBytes { get; } = DeadLetterRequest.MaxBytes;

    public int MaxReasonCharacters { get; } = DeadLetter.MaxReasonLength;

    /// <summary>Letters of a queue that are put into groups or counted for a job or an overview.</summary>
    public int MaxLookedAt { get; } = DeadLetterIndex.MostLookedAt;

    public int MaxErasureRequestBytes { get; } = ErasureRequest.MaxBytes;

    public int MaxEmailCharacters { get; } = ErasureRequest.MaxLength;
}

/// <summary>Bounds of a delivery: how often, how far apart, how long.</summary>
internal sealed record DeliveryLimits(double LockSeconds, [property: JsonIgnore] EndpointBounds Bounds)
{
    public int MaxAttempts { get; } = RetrySchedule.MaxAttempts;

    /// <summary>The waits after the first failure, the second, and so on, before jitter.</summary>
    public IReadOnlyList<double> WaitsSeconds { get; } =
        [.. Enumerable.Range(1, RetrySchedule.MaxAttempts - 1)
            .Select(attempt => RetrySchedule.WaitAfter(attempt, jitter: 0).TotalSeconds)];

    /// <summary>No wait is longer, whatever jitter or <c>Retry-After</c> say.</summary>
    public double MaxWaitSeconds { get; } = RetrySchedule.Cap.TotalSeconds;

    /// <summary>The part of a wait by which jitter changes it: added below the longest wait, taken off at it.</summary>
    public double Jitter { get; } = RetrySchedule.Spread;

    /// <summary>
    /// How long an event and its deliveries live, from when it was accepted or last brought back by a person.
    /// </summary>
    public double LifetimeSeconds { get; } = Lifetime.Whole.TotalSeconds;

    /// <summary>When a delivery comes back that was put back uncounted, at the latest.</summary>
    public double MaxPutBackSeconds { get; } = PutBackSchedule.Longest.TotalSeconds;

    /// <summary>When a delivery comes back that was put back since its endpoint has more due than it takes.</summary>
    public double MaxPutBackAtEndpointSeconds { get; } = PutBackSchedule.LongestAtEndpoint.TotalSeconds;

    /// <summary>
    /// How often a run is put back for that reason before its attempts count as failed without a request.
    /// </summary>
    public int MaxPutBacksAtEndpoint { get; } = DeliveryPolicy.MostRefusals;

    /// <summary>Calls of all endpoints together, on one instance.</summary>
    public int MaxAtOnceInAll { get; } = Bounds.MostInAll;

    /// <summary>Requests at a time for one subscription.</summary>
    public int MaxAtOncePerSubscription { get; } = Bounds.Most;

    /// <summary>The same for one tenant.</summary>
    public int MaxAtOncePerTenant { get; } = Bounds.MostOfTenant;

    /// <summary>From when on a request makes its endpoint slow.</summary>
    public double SlowFromSeconds { get; } = EndpointGate.SlowFrom.TotalSeconds;

    /// <summary>Requests at a time for one subscription while its endpoint is slow, or new.</summary>
    public int MaxAtOnceWhenSlow { get; } = Bounds.MostUnprovenOfEndpoint;

    /// <summary>The same for one tenant.</summary>
    public int MaxAtOnceWhenSlowPerTenant { get; } = Bounds.MostUnprovenOfTenant;

    /// <summary>The same for all of them together.</summary>
    public int MaxAtOnceWhenSlowInAll { get; } = Bounds.MostUnproven;

    /// <summary>Requests at a time to an endpoint that is down.</summary>
    public int MaxAtOnceWhenDown { get; } = EndpointGate.MostWhenDown;

    /// <summary>How many requests must have failed in the same way for an endpoint to be down.</summary>
    public int DownAfterFailures { get; } = Endpoint.MinEvidence;

    /// <summary>The time within which all requests must have failed in the same way.</summary>
    public double DownWithinSeconds { get; } = Bounds.EvidenceWindow.TotalSeconds;

    /// <summary>How long a send waits while Service Bus is throttled or down.</summary>
    public double MaxSendSeconds { get; } = PatientSender.Patience.TotalSeconds;

    /// <summary>How often a message is handed out that kills the process each time.</summary>
    public int MaxDeliveryCount { get; } = Queues.MaxDeliveryCount;
}

/// <summary>Bounds of the events that are accepted.</summary>
internal sealed record EventLimits
{
    public int MaxBytes { get; } = EventReader.MaxBytes;

    public int MaxDepth { get; } = EventReader.MaxDepth;

    public int MaxIdCharacters { get; } = MessageProperties.MaxLength;

    public int MaxTenantCharacters { get; } = TenantId.MaxLength;

    public int MaxIdempotencyKeyCharacters { get; } = IdempotencyKey.MaxLength;

    /// <summary>For how long an <c>Idempotency-Key</c> stands for the event that came with it.</summary>
    public double IdempotencyKeySeconds { get; } = EventKeys.KeptFor.TotalSeconds;

    /// <summary>The same event published twice within it goes out once.</summary>
    public double DuplicateWindowSeconds { get; } = Queues.DuplicateWindow.TotalSeconds;
}

/// <summary>Bounds of asking how the app is.</summary>
internal sealed record HealthLimits
{
    /// <summary>How long each dependency has to answer; all are asked at the same time.</summary>
    public double TimeoutSeconds { get; } = HealthProbe.Patience.TotalSeconds;
}

/// <summary>Bounds of jobs.</summary>
internal sealed record JobLimits
{
    /// <summary>Jobs of a tenant that have not ended.</summary>
    public int MaxUnfinished { get; } = JobStarter.MaxUnfinished;

    /// <summary>Messages that are received, acted upon and settled together.</summary>
    public int BatchSize { get; } = DeadLetterIndex.BatchSize;

    /// <summary>
    /// Times in a row that a job may find all that is left locked by somebody else before it has failed.
    /// </summary>
    public int MaxFruitlessSteps { get; } = JobRunner.MaxFruitless;

    /// <summary>How long a job waits after such a time.</summary>
    public double FruitlessWaitSeconds { get; } = IndexedWork.LockedWait.TotalSeconds;

    /// <summary>After how long without progress a job's step is sent again.</summary>
    public double SilenceSeconds { get; } = JobWatch.Silence.TotalSeconds;

    /// <summary>How often that is done before the job has failed.</summary>
    public int MaxNudges { get; } = JobWatch.MaxNudges;

    /// <summary>How long jobs are kept that have ended.</summary>
    public double RetentionSeconds { get; } = JobWatch.Retention.TotalSeconds;
}

/// <summary>Bounds of a page, the same for every list.</summary>
internal sealed record PageLimits
{
    public int DefaultItems { get; } = PageQuery.DefaultLimit;

    public int MaxItems { get; } = PageQuery.MaxLimit;
}

/// <summary>Bounds of what is parked.</summary>
internal sealed record ParkingLimits
{
    /// <summary>How often a parked delivery is taken in vain by jobs before it is dead-lettered.</summary>
    public int MaxDeliveryCount { get; } = Queues.ParkedMaxDeliveryCount;

    /// <summary>How long a resume that failed is left alone before it is started again.</summary>
    public double RetryResumeSeconds { get; } = StrandedParked.AfterFailure.TotalSeconds;
}

/// <summary>Bounds of sessions of the admin's page.</summary>
internal sealed record PortalLimits
{
    public int MinSessionMinutes { get; } = SessionBounds.MinMinutes;

    public int MaxSessionMinutes { get; } = SessionBounds.MaxMinutes;

    public int DefaultSessionMinutes { get; } = SessionBounds.DefaultMinutes;

    public int MaxActorCharacters { get; } = SessionBounds.MaxActorLength;

    /// <summary>Of the page from which another session can be begun.</summary>
    public int MaxUrlCharacters { get; } = PortalOptions.MaxUrlLength;

    public int MaxRequestBytes { get; } = SessionBounds.MaxRequestBytes;
}

/// <summary>Bounds of one request to a receiver, and of what is read of its answer.</summary>
internal sealed record ReceiverLimits(
    double TimeoutSeconds, double ConnectTimeoutSeconds, IReadOnlyList<int> AllowedPorts)
{
    public double DnsTimeoutSeconds { get; } = ValidatedLookup.Budget.TotalSeconds;

    public double MaxConnectionAgeSeconds { get; } = EgressClient.ConnectionLifetime.TotalSeconds;

    /// <summary>All headers of an answer together; what lies beyond, and the body then, is not read.</summary>
    public int MaxResponseHeadersKibibytes { get; } = ResponseHeaders.MaxKibibytes;

    public int ResponseHeadersKept { get; } = ResponseHeaders.MaxKept;

    public int ResponseHeaderCharactersKept { get; } = ResponseHeaders.MaxValueLength;

    public int ResponseBytesRead { get; } = ExcerptReader.MaxLength;

    public double ResponseReadSeconds { get; } = ExcerptReader.Patience.TotalSeconds;
}

/// <summary>Bounds of what a tenant may set.</summary>
internal sealed record SubscriptionLimits
{
    public int MaxPerTenant { get; } = SubscriptionAdmissions.MaxPerTenant;

    public int MaxRequestBytes { get; } = CreateSubscriptionFunction.MaxBytes;

    public int MaxNameCharacters { get; } = ValidatedSettings.MaxNameLength;

    public int MaxUrlCharacters { get; } = EndpointUrl.MaxLength;

    public int MaxHeaders { get; } = HeaderRule.MaxCount;

    public int MaxHeaderNameCharacters { get; } = HeaderRule.MaxNameLength;

    public int MaxHeaderValueCharacters { get; } = HeaderRule.MaxValueLength;

    public int MinSecretBytes { get; } = SigningSecret.MinLength;

    public int MaxSecretBytes { get; } = SigningSecret.MaxLength;

    public int GeneratedSecretBytes { get; } = SigningSecret.GeneratedLength;

    public int MaxRotationRequestBytes { get; } = RotateSecretFunction.MaxBytes;
    public int MaxNoticesRequestBytes { get; } = PutNoticesFunction.MaxBytes;

    /// <summary>Rotated secrets that may go on signing beside the one in force.</summary>
    public int MaxEarlierSecrets { get; } = SecretRotation.MaxEarlier;

    public int DefaultOverlapHours { get; } = SecretRotation.DefaultOverlapHours;

    public int MaxOverlapHours { get; } = SecretRotation.MaxOverlapHours;

    /// <summary>For how long an <c>Idempotency-Key</c> stands for the subscription that was made under it.</summary>
    public double IdempotencyKeySeconds { get; } = CreationKey.KeptFor.TotalSeconds;

    /// <summary>How long a change may take to reach deliveries that are under way.</summary>
    public double EffectiveWithinSeconds { get; } = SubscriptionCache.KeptFor.TotalSeconds;
}

/// <summary>Bounds of testing a webhook and of verifying a signature.</summary>
internal sealed record TestLimits
{
    /// <summary>Tests of a tenant within <see cref="WindowSeconds"/>, on one instance.</summary>
    public int MaxInWindow { get; } = TestGate.MaxPerWindow;

    public double WindowSeconds { get; } = TestGate.Window.TotalSeconds;

    /// <summary>Tests of all tenants under way at the same time, on one instance.</summary>
    public int MaxAtOnce { get; } = TestGate.MaxAtOnce;

    public int MaxRequestBytes { get; } = TestWebhookFunction.MaxBytes;

    public int MaxStoredTestRequestBytes { get; } = TestSubscriptionFunction.MaxBytes;

    public int MaxVerifyRequestBytes { get; } = VerifyFunction.MaxBytes;

    /// <summary>How far a timestamp may lie from our clock.</summary>
    public double ClockToleranceSeconds { get; } = StandardWebhooks.Tolerance.TotalSeconds;
}
