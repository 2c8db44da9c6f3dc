using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Deliveries;

/// <summary>Decides how a message of <c>deliveries</c> is settled: look up, attempt, record.</summary>
internal sealed partial class DeliveryHandler(
    SubscriptionCache subscriptions,
    SubscriptionStore store,
    EndpointGate gate,
    SigningKeys signingKeys,
    HeaderValues headerValues,
    EgressClient egress,
    AttemptLog log,
    FailureWatch watch,
    AtriumMetrics metrics,
    TimeProvider time,
    Func<double> jitter,
    ILogger<DeliveryHandler> logger)
{
    /// <param name="message">The attempt that is due.</param>
    /// <param name="deliveryCount">How often the broker has handed out this message, from 1.</param>
    /// <param name="enqueuedAt">When the message became active.</param>
    /// <param name="cancellationToken">Ends when the host stops; a request under way goes on.</param>
    /// <exception cref="OutcomeNotRecordedException">The attempt has its outcome; the tables did not take the
    /// record.</exception>
    /// <exception cref="Azure.RequestFailedException">A table or the vault failed before the attempt was
    /// made.</exception>
    /// <exception cref="MissingSecretException">The vault does not hold what the attempt needs.</exception>
    public async Task<Settlement> HandleAsync(
        DeliveryMessage message, int deliveryCount, DateTimeOffset enqueuedAt, CancellationToken cancellationToken)
    {
        var subscription = await FindSubscriptionAsync(message, cancellationToken);
        var settlement = await DecideAsync(message, subscription, deliveryCount, enqueuedAt, cancellationToken);
        // Before the message is settled, and also when it was recorded before: if the process dies in between, or an
        // outage keeps it from being told, the message comes again and the notice is sent then.
        switch (settlement)
        {
            case Settlement.DeadLetter { Reason: DeadLetterReason.AttemptsExhausted, Description: var why }:
                await watch.FailedForGoodAsync(message, why, cancellationToken);
                break;
            case Settlement.Complete { DeliveredAt: { } at }
                when subscription is not null && FailureWatch.Ends(subscription, at):
                await watch.SucceededAsync(message, at, cancellationToken);
                break;
        }

        return settlement;
    }

    async Task<Settlement> DecideAsync(
        DeliveryMessage message, Subscription? subscription, int deliveryCount, DateTimeOffset enqueuedAt,
        CancellationToken cancellationToken)
    {
        if (message.Unrecorded is { } made)
        {
            return await FindHandledAsync(message, cancellationToken)
                ?? DeliveryPolicy.SettlementOf(message, await log.RecordAsync(message, made));
        }

        // Before the look-up, so that an attempt without a slot reads no table.
        var admission = subscription is { PausedAt: null }
            ? await gate.EnterAsync(
                new(message.Tenant, subscription.Id, subscription.Url), DeliveryPolicy.MayComeAgain(message),
                cancellationToken)
            : null;
        DateTimeOffset started;
        AttemptResult result;
        // Not while the outcome is recorded: how long our tables take says nothing of the endpoint.
        using (var slot = (admission as EndpointAdmission.Granted)?.Slot)
        {
            if (MayHaveBeenHandled(message, deliveryCount, enqueuedAt)
                && admission is not (EndpointAdmission.Busy or EndpointAdmission.InstanceBusy)
                && await FindHandledAsync(message, cancellationToken) is { } settlement)
            {
                return settlement;
            }

            started = time.GetUtcNow();
            result = admission switch
            {
                EndpointAdmission.Granted =>
                    new AttemptResult.Made(await SendAsync(message, subscription!, slot!, started, cancellationToken)),
                { } refusal => new AttemptResult.NotAdmitted(refusal),
                null => subscription is null ? new AttemptResult.NoSubscription() : new AttemptResult.Paused(),
            };
        }

        var verdict = DeliveryPolicy.Decide(message, result, started, time.GetUtcNow(), jitter());
        return verdict.Record is { } record ? await RecordAsync(message, record, verdict) : verdict.Settlement;
    }

    // A message that is handed out for the first time, for the first attempt of the first run, cannot have been
    // recorded. The exception is one whose event was accepted so long ago that the broker may have forgotten the id of
    // an earlier message: a replayed event is fanned out to the same deliveries.
    static bool MayHaveBeenHandled(DeliveryMessage message, int deliveryCount, DateTimeOffset enqueuedAt) =>
        deliveryCount > 1 || message.Attempt > 1 || message.PutBack > 0 || message.Run > 1
        || enqueuedAt - message.AcceptedAt > Queues.DuplicateWindow - DeliveryHistory.Margin;

    async Task<Settlement?> FindHandledAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        switch (DeliveryHistory.Of(message, await log.ReadAsync(message, cancellationToken)))
        {
            case DeliveryHistory.Over(var deliveredAt):
                Log.NothingLeft(logger, message.DeliveryId, message.Run, message.Attempt);
                return new Settlement.Complete { DeliveredAt = deliveredAt };
            case DeliveryHistory.Recorded(var recorded):
                Log.SettlingAgain(logger, message.DeliveryId, message.Run, message.Attempt, recorded.Outcome);
                return DeliveryPolicy.SettlementOf(message, recorded);
            default:
                return null;
        }
    }

    async Task<Subscription?> FindSubscriptionAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        var cached = await subscriptions.FindAsync(message.Tenant, message.SubscriptionId, cancellationToken);
        // The cache may be older than a resume, whose job may already be done and would miss what is parked now. It may
        // also be older than the subscription, whose delivery would end here.
        return cached is { PausedAt: null }
            ? cached
            : await store.FindAsync(message.Tenant, message.SubscriptionId, cancellationToken);
    }

    async Task<Exchange> SendAsync(
        DeliveryMessage message,
        Subscription subscription,
        EndpointSlot slot,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // The secrets first: if a subscription has a secret, nothing is ever sent unsigned.
        var secrets = await signingKeys.GetAsync(subscription.SigningAt(now), cancellationToken);
        var headers = await headerValues.GetAsync(subscription.Headers?.Values, cancellationToken);
        var request = new OutgoingRequest(
            subscription.Url, message.DeliveryId, now.ToUnixTimeSeconds(), message.Body.ToMemory())
        {
            Secrets = secrets,
            CustomHeaders = headers,
        };
        // Not cancelled even when the host stops: the receiver may have the request already, and would get it again.
        // The request has a deadline of its own, and the host waits for its functions.
        using var underWay = metrics.RequestUnderWay();
        return await slot.SendAsync(() => egress.SendAsync(request, CancellationToken.None));
    }

    async Task<Settlement> RecordAsync(DeliveryMessage message, AttemptRecord record, Verdict verdict)
    {
        // Clocks differ: what begins a moment before it is due is in time.
        var lag = record.StartedAt > record.DueAt ? record.StartedAt - record.DueAt : TimeSpan.Zero;
        metrics.Attempted(
            record.Outcome.ToString(),
            record.ErrorClass,
            lag,
            record.TotalMs is { } took ? TimeSpan.FromMilliseconds(took) : null);
        AttemptSpan.SetTags(record);
        // Nearly all attempts succeed, and the log is billed by size. So this line has only what the queries and the
        // console read. The attempt log has the rest. A success for which there was no slot at first is rare, and has
        // the other line.
        if (record is { Outcome: AttemptOutcome.Delivered, ErrorClass: null } && message.SlotPutBacks == 0)
        {
            Log.Delivered(
                logger, record.EventType, record.Status, record.Attempt, record.TotalMs, lag.TotalMilliseconds,
                message.PutBack, record.Tenant, record.SubscriptionId, record.DeliveryId);
        }
        else
        {
            Log.DeliveryAttempted(
                logger, record.Tenant, record.SubscriptionId, LoggedId.Of(record.EventId), record.EventType,
                record.DeliveryId, record.Run, record.Attempt, RetrySchedule.MaxAttempts, record.Outcome, record.Status,
                record.ErrorClass, record.TotalMs, lag.TotalMilliseconds, message.PutBack, message.SlotPutBacks,
                record.NextAttemptAt);
        }

        var stored = await log.RecordAsync(message, record);
        return ReferenceEquals(stored, record) ? verdict.Settlement : DeliveryPolicy.SettlementOf(message, stored);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Delivery attempted: {Outcome}, attempt {Attempt} of {MaxAttempts}, run {Run}, status {Status}, error "
            + "{ErrorClass}, took {DurationMs:F0} ms, lag {LagMs:F0} ms, put back {PutBack} times, no slot {Refusals} "
            + "times, next at {NextAttemptAt:u}; tenant {Tenant}, subscription {SubscriptionId}, event {EventId} "
            + "({EventType}), delivery {DeliveryId}")]
        public static partial void DeliveryAttempted(
            ILogger logger, string tenant, string subscriptionId, string eventId, string eventType, string deliveryId,
            int run, int attempt, int maxAttempts, AttemptOutcome outcome, int? status, string? errorClass,
            double? durationMs, double lagMs, int putBack, int refusals, DateTimeOffset? nextAttemptAt);

        [LoggerMessage(2, LogLevel.Information,
            "Delivery {DeliveryId}, run {Run}: nothing left to do for attempt {Attempt}, it succeeded or is further "
            + "on")]
        public static partial void NothingLeft(ILogger logger, string deliveryId, int run, int attempt);

        [LoggerMessage(
            3, LogLevel.Information,
            "Delivery {DeliveryId}, run {Run}: attempt {Attempt} is recorded as {Outcome}; repeating its settlement")]
        public static partial void SettlingAgain(
            ILogger logger, string deliveryId, int run, int attempt, AttemptOutcome outcome);

        [LoggerMessage(
            4, LogLevel.Information,
            "Delivered: {EventType}, status {Status}, attempt {Attempt}, took {DurationMs:F0} ms, lag {LagMs:F0} ms, "
            + "put back {PutBack}; {Tenant} {SubscriptionId} {DeliveryId}")]
        public static partial void Delivered(
            ILogger logger, string eventType, int? status, int attempt, double? durationMs, double lagMs, int putBack,
            string tenant, string subscriptionId, string deliveryId);
    }
}
