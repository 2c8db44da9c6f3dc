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
/// that enforce them, and the settings in force; a number is written nowhere twice. The API's description says what
/// each is.
/// </summary>
internal static class Limits
{
    /// <summary>All of them; a time is in seconds unless its name says otherwise.</summary>
    public static object Of(
        DeliveryOptions deliveries, EndpointBounds bounds, EgressOptions egress, DeadLetterOptions deadLetters) => new
        {
            Deliveries = new
            {
                LockSeconds = deliveries.LockDuration.TotalSeconds,
                RetrySchedule.MaxAttempts,
                WaitsSeconds = Enumerable.Range(1, RetrySchedule.MaxAttempts - 1)
                    .Select(attempt => RetrySchedule.WaitAfter(attempt, jitter: 0).TotalSeconds),
                MaxWaitSeconds = RetrySchedule.Cap.TotalSeconds,
                Jitter = RetrySchedule.Spread,
                LifetimeSeconds = Lifetime.Whole.TotalSeconds,
                MaxPutBackSeconds = PutBackSchedule.Longest.TotalSeconds,
                MaxPutBackAtEndpointSeconds = PutBackSchedule.LongestAtEndpoint.TotalSeconds,
                MaxPutBacksAtEndpoint = DeliveryPolicy.MaxSlotPutBacks,
                MaxAtOnceInAll = bounds.MostInAll,
                MaxAtOncePerSubscription = bounds.Most,
                MaxAtOncePerTenant = bounds.MostOfTenant,
                SlowFromSeconds = EndpointGate.SlowFrom.TotalSeconds,
                MaxAtOnceWhenSlow = bounds.MostUnprovenOfEndpoint,
                MaxAtOnceWhenSlowPerTenant = bounds.MostUnprovenOfTenant,
                MaxAtOnceWhenSlowInAll = bounds.MostUnproven,
                MaxAtOnceWhenDown = CallsInUse.MostWhenDown,
                DownAfterFailures = Endpoint.MinEvidence,
                DownWithinSeconds = bounds.EvidenceWindow.TotalSeconds,
                MaxSendSeconds = PatientSender.Patience.TotalSeconds,
                Queues.MaxDeliveryCount,
            },
            Receivers = new
            {
                TimeoutSeconds = egress.Timeout.TotalSeconds,
                ConnectTimeoutSeconds = egress.ConnectTimeout.TotalSeconds,
                AllowedPorts = egress.Ports,
                DnsTimeoutSeconds = ValidatedLookup.Budget.TotalSeconds,
                MaxConnectionAgeSeconds = EgressClient.ConnectionLifetime.TotalSeconds,
                MaxResponseHeadersKibibytes = ResponseHeaders.MaxKibibytes,
                ResponseHeadersKept = ResponseHeaders.MaxKept,
                ResponseHeaderCharactersKept = ResponseHeaders.MaxValueLength,
                ResponseBytesRead = ExcerptReader.MaxLength,
                ResponseReadSeconds = ExcerptReader.Patience.TotalSeconds,
            },
            Events = new
            {
                EventReader.MaxBytes,
                EventReader.MaxDepth,
                MaxIdCharacters = MessageProperties.MaxLength,
                MaxTenantCharacters = TenantId.MaxLength,
                MaxIdempotencyKeyCharacters = IdempotencyKey.MaxLength,
                IdempotencyKeySeconds = IdempotencyKey.KeptFor.TotalSeconds,
                DuplicateWindowSeconds = Queues.DuplicateWindow.TotalSeconds,
            },
            Subscriptions = new
            {
                SubscriptionAdmissions.MaxPerTenant,
                MaxRequestBytes = CreateSubscriptionFunction.MaxBytes,
                MaxNameCharacters = ValidatedSettings.MaxNameLength,
                MaxUrlCharacters = EndpointUrl.MaxLength,
                MaxHeaders = HeaderRule.MaxCount,
                MaxHeaderNameCharacters = HeaderRule.MaxNameLength,
                MaxHeaderValueCharacters = HeaderRule.MaxValueLength,
                MinSecretBytes = SigningSecret.MinLength,
                MaxSecretBytes = SigningSecret.MaxLength,
                GeneratedSecretBytes = SigningSecret.GeneratedLength,
                MaxRotationRequestBytes = RotateSecretFunction.MaxBytes,
                MaxNoticesRequestBytes = PutNoticesFunction.MaxBytes,
                MaxEarlierSecrets = SecretRotation.MaxEarlier,
                SecretRotation.DefaultOverlapHours,
                SecretRotation.MaxOverlapHours,
                IdempotencyKeySeconds = IdempotencyKey.KeptFor.TotalSeconds,
                EffectiveWithinSeconds = SubscriptionCache.KeptFor.TotalSeconds,
            },
            Attempts = new
            {
                RetentionSeconds = AttemptTable.Retention.TotalSeconds,
                ExcerptCharacters = AttemptRecord.MaxExcerptCharacters,
                ExplanationCharacters = AttemptRecord.MaxExplanationCharacters,
                MaxRowsReadForPage = AttemptReader.MaxRowsRead,
            },
            DeadLetters = new
            {
                deadLetters.RetentionDays,
                MaxRequestBytes = DeadLetterRequest.MaxBytes,
                MaxReasonCharacters = DeadLetter.MaxReasonLength,
                MaxLookedAt = DeadLetterIndex.MostLookedAt,
                MaxErasureRequestBytes = ErasureRequest.MaxBytes,
                MaxEmailCharacters = ErasureRequest.MaxLength,
            },
            Parking = new
            {
                MaxDeliveryCount = Queues.ParkedMaxDeliveryCount,
                RetryResumeSeconds = StrandedParked.AfterFailure.TotalSeconds,
            },
            Jobs = new
            {
                JobStarter.MaxUnfinished,
                DeadLetterIndex.BatchSize,
                MaxFruitlessSteps = JobRunner.MaxFruitless,
                FruitlessWaitSeconds = IndexedWork.LockedWait.TotalSeconds,
                SilenceSeconds = JobWatch.Silence.TotalSeconds,
                JobWatch.MaxNudges,
                RetentionSeconds = JobWatch.Retention.TotalSeconds,
            },
            Pages = new
            {
                DefaultItems = PageQuery.DefaultLimit,
                MaxItems = PageQuery.MaxLimit,
                Problem.MaxErrors,
            },
            Tests = new
            {
                MaxInWindow = TestGate.MaxPerWindow,
                WindowSeconds = TestGate.Window.TotalSeconds,
                TestGate.MaxAtOnce,
                TestGate.MaxAtOncePerTenant,
                MaxRequestBytes = TestWebhookFunction.MaxBytes,
                MaxStoredTestRequestBytes = TestSubscriptionFunction.MaxBytes,
                MaxVerifyRequestBytes = VerifyFunction.MaxBytes,
                MaxVerifyHeaders = VerifyFunction.MaxHeaders,
                MaxVerifyHeaderCharacters = VerifyFunction.MaxValueLength,
                ClockToleranceSeconds = StandardWebhooks.Tolerance.TotalSeconds,
            },
            Health = new { TimeoutSeconds = HealthProbe.Patience.TotalSeconds },
            Portal = new
            {
                MinSessionMinutes = SessionBounds.MinMinutes,
                MaxSessionMinutes = SessionBounds.MaxMinutes,
                DefaultSessionMinutes = SessionBounds.DefaultMinutes,
                MaxActorCharacters = SessionBounds.MaxActorLength,
                MaxUrlCharacters = PortalOptions.MaxUrlLength,
                SessionBounds.MaxRequestBytes,
            },
        };
}
