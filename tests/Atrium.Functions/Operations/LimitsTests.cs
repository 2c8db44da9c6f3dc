using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Operations;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Operations;

public sealed partial class LimitsTests
{
    // Where the answer shows each bound that the code knows.
    static readonly Dictionary<string, string> Shown = new()
    {
        ["AttemptReader.MaxRowsRead"] = "attempts.maxRowsReadForPage",
        ["AttemptRecord.MaxExcerptCharacters"] = "attempts.excerptCharacters",
        ["AttemptRecord.MaxExplanationCharacters"] = "attempts.explanationCharacters",
        ["AttemptTable.Retention"] = "attempts.retentionSeconds",
        ["CreateSubscriptionFunction.MaxBytes"] = "subscriptions.maxRequestBytes",
        ["DeadLetterIndex.MostLookedAt"] = "deadLetters.maxLookedAt",
        ["DeadLetterRequest.MaxBytes"] = "deadLetters.maxRequestBytes",
        ["EgressClient.ConnectionLifetime"] = "receivers.maxConnectionAgeSeconds",
        ["Endpoint.MinEvidence"] = "deliveries.downAfterFailures",
        ["CallsInUse.MostWhenDown"] = "deliveries.maxAtOnceWhenDown",
        ["EndpointGate.SlowFrom"] = "deliveries.slowFromSeconds",
        ["EndpointUrl.MaxLength"] = "subscriptions.maxUrlCharacters",
        ["ErasureRequest.MaxBytes"] = "deadLetters.maxErasureRequestBytes",
        ["ErasureRequest.MaxLength"] = "deadLetters.maxEmailCharacters",
        ["MessageProperties.MaxLength"] = "events.maxIdCharacters",
        ["EventReader.MaxBytes"] = "events.maxBytes",
        ["EventReader.MaxDepth"] = "events.maxDepth",
        ["ExcerptReader.MaxLength"] = "receivers.responseBytesRead",
        ["ExcerptReader.Patience"] = "receivers.responseReadSeconds",
        ["DeadLetter.MaxReasonLength"] = "deadLetters.maxReasonCharacters",
        ["HeaderRule.MaxCount"] = "subscriptions.maxHeaders",
        ["HeaderRule.MaxNameLength"] = "subscriptions.maxHeaderNameCharacters",
        ["HeaderRule.MaxValueLength"] = "subscriptions.maxHeaderValueCharacters",
        ["HealthProbe.Patience"] = "health.timeoutSeconds",
        ["IdempotencyKey.KeptFor"] = "events.idempotencyKeySeconds",
        ["IdempotencyKey.MaxLength"] = "events.maxIdempotencyKeyCharacters",
        ["JobRunner.MaxFruitless"] = "jobs.maxFruitlessSteps",
        ["JobStarter.MaxUnfinished"] = "jobs.maxUnfinished",
        ["ValidatedLookup.Budget"] = "receivers.dnsTimeoutSeconds",
        ["ValidatedSettings.MaxNameLength"] = "subscriptions.maxNameCharacters",
        ["Lifetime.Whole"] = "deliveries.lifetimeSeconds",
        ["PageQuery.DefaultLimit"] = "pages.defaultItems",
        ["PageQuery.MaxLimit"] = "pages.maxItems",
        ["StrandedParked.AfterFailure"] = "parking.retryResumeSeconds",
        ["PatientSender.Patience"] = "deliveries.maxSendSeconds",
        ["DeliveryPolicy.MaxSlotPutBacks"] = "deliveries.maxPutBacksAtEndpoint",
        ["PutBackSchedule.LongestAtEndpoint"] = "deliveries.maxPutBackAtEndpointSeconds",
        ["PutBackSchedule.Longest"] = "deliveries.maxPutBackSeconds",
        ["Queues.DuplicateWindow"] = "events.duplicateWindowSeconds",
        ["Queues.MaxDeliveryCount"] = "deliveries.maxDeliveryCount",
        ["Queues.ParkedMaxDeliveryCount"] = "parking.maxDeliveryCount",
        ["DeadLetterIndex.BatchSize"] = "jobs.batchSize",
        ["IndexedWork.LockedWait"] = "jobs.fruitlessWaitSeconds",
        ["ResponseHeaders.MaxKept"] = "receivers.responseHeadersKept",
        ["ResponseHeaders.MaxKibibytes"] = "receivers.maxResponseHeadersKibibytes",
        ["ResponseHeaders.MaxValueLength"] = "receivers.responseHeaderCharactersKept",
        ["PutNoticesFunction.MaxBytes"] = "subscriptions.maxNoticesRequestBytes",
        ["RetrySchedule.Cap"] = "deliveries.maxWaitSeconds",
        ["RetrySchedule.MaxAttempts"] = "deliveries.maxAttempts",
        ["RotateSecretFunction.MaxBytes"] = "subscriptions.maxRotationRequestBytes",
        ["SecretRotation.DefaultOverlapHours"] = "subscriptions.defaultOverlapHours",
        ["SecretRotation.MaxEarlier"] = "subscriptions.maxEarlierSecrets",
        ["SecretRotation.MaxOverlapHours"] = "subscriptions.maxOverlapHours",
        ["SigningSecret.GeneratedLength"] = "subscriptions.generatedSecretBytes",
        ["SigningSecret.MaxLength"] = "subscriptions.maxSecretBytes",
        ["SigningSecret.MinLength"] = "subscriptions.minSecretBytes",
        ["StandardWebhooks.Tolerance"] = "tests.clockToleranceSeconds",
        ["PortalOptions.MaxUrlLength"] = "portal.maxUrlCharacters",
        ["SessionBounds.DefaultMinutes"] = "portal.defaultSessionMinutes",
        ["SessionBounds.MaxActorLength"] = "portal.maxActorCharacters",
        ["SessionBounds.MaxMinutes"] = "portal.maxSessionMinutes",
        ["SessionBounds.MaxRequestBytes"] = "portal.maxRequestBytes",
        ["SessionBounds.MinMinutes"] = "portal.minSessionMinutes",
        ["SubscriptionAdmissions.MaxPerTenant"] = "subscriptions.maxPerTenant",
        ["SubscriptionCache.KeptFor"] = "subscriptions.effectiveWithinSeconds",
        ["TenantId.MaxLength"] = "events.maxTenantCharacters",
        ["Problem.MaxErrors"] = "pages.maxErrors",
        ["TestGate.MaxAtOnce"] = "tests.maxAtOnce",
        ["TestGate.MaxAtOncePerTenant"] = "tests.maxAtOncePerTenant",
        ["TestGate.MaxPerWindow"] = "tests.maxInWindow",
        ["TestGate.Window"] = "tests.windowSeconds",
        ["TestSubscriptionFunction.MaxBytes"] = "tests.maxStoredTestRequestBytes",
        ["TestWebhookFunction.MaxBytes"] = "tests.maxRequestBytes",
        ["VerifyFunction.MaxBytes"] = "tests.maxVerifyRequestBytes",
        ["VerifyFunction.MaxHeaders"] = "tests.maxVerifyHeaders",
        ["VerifyFunction.MaxValueLength"] = "tests.maxVerifyHeaderCharacters",
        ["JobWatch.MaxNudges"] = "jobs.maxNudges",
        ["JobWatch.Retention"] = "jobs.retentionSeconds",
        ["JobWatch.Silence"] = "jobs.silenceSeconds",
    };

    // Bounds that nobody outside can meet: of caches, of batches, of what a client tries by itself.
    static readonly string[] Inner =
    [
        "AddressOrder.MaxTried", "AddressRace.Delay",
        "AttemptBatcher.MaxAttempts", "AttemptTable.ClockSkew", "AzureClients.LongestWait",
        "AzureClients.MaxRetries", "AzureClients.SendTimeout",
        "AzureClients.TryTimeout", "ByteTexts.MaxInflated", "ConnectionTrace.MaxHeadLength", "Cursor.MaxPositionLength",
        "DeadLetterReader.ClockSkew", "DeadLetterReason.MaxDescriptionLength", "DecodedText.MaxDepth",
        "DeliveryHistory.Margin",
        "Charset.MostCut", "Echo.MinLength", "Echo.MostWords", "Endpoint.Doubt",
        "EgressClient.ClosedMeanwhile", "EgressClient.IdleTimeout", "EgressClient.LongestIdle",
        "EndpointBounds.ShortestFirstWait", "EndpointBounds.ShortestWindow", "EndpointGate.MostRemembered",
        "BoundsLog.Silence",
        "EndpointGate.Patience", "CallsInUse.ProbeInterval", "EndpointUrl.MaxHostLength",
        "IndexedWork.LongestStep", "IndexedWork.RebuildWait", "OrderedRows.MostOrdered",
        "DeferredMessages.BetweenPeeks", "IndexRebuild.MostPartitions", "IndexRebuild.OldestWalk", "Pace.MadeUp",
        "FailureWatch.MaxTries",
        "IndexedWork.ProgressInterval", "Indexing.LongestDrain", "Indexing.LongestHold",
        "Indexing.NothingComes", "JobCounts.MostNamed", "JobStarter.ClockSkew", "TablesAtStart.BetweenTries",
        "JobStarter.MaxTries", "JobStore.MaxChanges", "JobStore.MaxTries",
        "JsonRequest.MaxDepth",
        "KeepUp.Tick", "Lifetime.Shortest", "LockCheck.Tolerance",
        "Indexing.UntilFree", "JsonForms.MostWritten",
        "LockOutlastsAttempt.StoreBudget", "LoggedId.MaxLength", "MessageBody.MaxBytes",
        "MessageProperties.FurthestAhead",
        "MessageProperties.MaxCount", "SubscriptionRestore.MaxAtOnce", "MissingRows.MaxRows",
        "RestoreMark.KeptFor",
        "SubscriptionCreation.MaxTries", "FailedRequests.Interval",
        "OverviewCache.Capacity", "OverviewCache.KeptFor", "SubscriptionHistory.Grace",
        "PatientSender.FirstWait", "PatientSender.LongestWait", "SecretPurge.OrphanedAfter",
        "SecretReference.MaxNameLength",
        "PutBackSchedule.First", "PutBackSchedule.LongestOutage",
        "QueueMeasures.ShownFor",
        "SecretVault.LongestPause", "SecretVault.MaxReadsAtOnce",
        "Charset.LongestCut", "RetryAfter.Max", "RetrySchedule.First", "StrandedParked.AfterSkip",
        "SigningSecret.MaxTextLength", "SubscriptionCache.Capacity", "VaultCache.Capacity", "VaultCache.GoneFor",
        "VaultCache.KeptUnused", "TestGate.UntilAPlaceIsFree",
        "ErrorText.MaxLength", "FailureCollector.MostNamed", "OutageLog.Calm", "OutageLog.Interval", "OutageLog.Tick",
        "UnreadableRows.MostLogged", "UrlMask.MinLength",
        "PortalCallers.AccountsTime", "PortalExpiry.Capacity", "PortalExpiry.KeptFor", "PortalKeys.RereadAfter",
        "PortalTokens.MaxLength", "VaultKeyRing.KeptFor",
    ];

    [Fact]
    public void Each_bound_that_the_code_knows_is_shown_or_known_to_be_inner()
    {
        Assert.Empty(Bounds().Keys.Except(Shown.Keys).Except(Inner));
        Assert.Empty(Shown.Keys.Concat(Inner).Except(Bounds().Keys));
        Assert.Empty(Shown.Keys.Intersect(Inner));
    }

    [Fact]
    public async Task Each_is_shown_with_the_value_that_is_enforced()
    {
        var (json, bounds) = (await AskAsync(), Bounds());

        Assert.All(Shown, pair => Assert.Equal(bounds[pair.Key], At(json, pair.Value).GetDouble()));
        Assert.Equal(
            bounds["IdempotencyKey.KeptFor"], At(json, "subscriptions.idempotencyKeySeconds").GetDouble());
    }

    [Fact]
    public async Task The_waits_are_those_of_the_contract()
    {
        var deliveries = (await AskAsync()).GetProperty("deliveries");

        Assert.Equal(
            [5, 10, 20, 40, 80, 160, 300, 300, 300],
            deliveries.GetProperty("waitsSeconds").EnumerateArray().Select(wait => wait.GetDouble()));
        Assert.Equal(RetrySchedule.Spread, deliveries.GetProperty("jitter").GetDouble());
    }

    [Fact]
    public async Task What_a_setting_decides_is_shown_as_set()
    {
        var json = await AskAsync(
            new DeliveryOptions { LockDuration = TimeSpan.FromSeconds(90) },
            new EgressOptions
            {
                Timeout = TimeSpan.FromSeconds(20),
                ConnectTimeout = TimeSpan.FromSeconds(2),
                AllowedPorts = [9443]
            },
            new DeadLetterOptions { RetentionDays = 7 },
            new EndpointBounds(64, TimeSpan.FromSeconds(20)));

        Assert.Equal(90, At(json, "deliveries.lockSeconds").GetDouble());
        Assert.Equal(20, At(json, "receivers.timeoutSeconds").GetDouble());
        Assert.Equal(2, At(json, "receivers.connectTimeoutSeconds").GetDouble());
        Assert.Equal(56, At(json, "deliveries.maxAtOnceInAll").GetInt32());
        Assert.Equal(28, At(json, "deliveries.maxAtOncePerSubscription").GetInt32());
        Assert.Equal(48, At(json, "deliveries.maxAtOncePerTenant").GetInt32());
        Assert.Equal(4, At(json, "deliveries.maxAtOnceWhenSlow").GetInt32());
        Assert.Equal(16, At(json, "deliveries.maxAtOnceWhenSlowPerTenant").GetInt32());
        Assert.Equal(32, At(json, "deliveries.maxAtOnceWhenSlowInAll").GetInt32());
        Assert.Equal(40, At(json, "deliveries.downWithinSeconds").GetDouble());
        Assert.Equal(7, At(json, "deadLetters.retentionDays").GetInt32());
        Assert.Equal([9443], At(json, "receivers.allowedPorts").EnumerateArray().Select(port => port.GetInt32()));
    }

    static async Task<JsonElement> AskAsync(
        DeliveryOptions? deliveries = null, EgressOptions? egress = null, DeadLetterOptions? deadLetters = null,
        EndpointBounds? bounds = null)
    {
        var request = HttpCall.Of("GET", "/api/limits");
        var function = new GetLimitsFunction(
            Options.Create(deliveries ?? new()),
            bounds ?? new EndpointBounds(HostFile.MaxConcurrentCalls, new EgressOptions().Timeout),
            Options.Create(egress ?? new()),
            Options.Create(deadLetters ?? new()));
        var answer = await HttpCall.AnswerAsync(request, function.RunAsync(request, default));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }

    static JsonElement At(JsonElement json, string path) =>
        path.Split('.').Aggregate(json, (element, name) => element.GetProperty(name));

    /// <summary>Every constant of the app that is a time, or a number named as a bound; times in seconds.</summary>
    static Dictionary<string, double> Bounds() => (
        from type in typeof(Functions.Events.FanOut).Assembly.GetTypes()
        where !type.ContainsGenericParameters
        where type.Namespace?.StartsWith("Atrium.Functions", StringComparison.Ordinal) == true
        from field in type.GetFields(
            BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where field.FieldType == typeof(TimeSpan)
            || ((field.FieldType == typeof(int) || field.FieldType == typeof(long)) && BoundName().IsMatch(field.Name))
        let value = field.GetValue(null)
        select KeyValuePair.Create(
            $"{type.Name}.{field.Name}",
            value is TimeSpan time ? time.TotalSeconds : Convert.ToDouble(value, CultureInfo.InvariantCulture)))
            .ToDictionary();

    [GeneratedRegex("^(Batch|Default|Capacity|Generated|Longest)|Max|Min|Most")]
    private static partial Regex BoundName();
}
