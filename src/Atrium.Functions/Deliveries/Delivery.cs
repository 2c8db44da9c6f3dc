using Atrium.Functions.Egress;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Deliveries;

/// <summary>One message of <c>deliveries</c> turned into a settlement: look up, attempt, record.</summary>
internal sealed partial class Delivery(
    SubscriptionCache subscriptions,
    SubscriptionStore store,
    EndpointSlots slots,
    SigningKeys signingKeys,
    HeaderValues headerValues,
    EgressClient egress,
    AttemptLog log,
    AtriumMetrics metrics,
    TimeProvider time,
    Jitter jitter,
    ILogger<Delivery> logger)
{
    // What clocks may differ by, and then some: a look-up too many costs milliseconds.
    static readonly TimeSpan ForgetfulnessMargin = TimeSpan.FromMinutes(15);

    readonly DateTimeOffset _started = time.GetUtcNow();

    /// <param name="message">The attempt that is due.</param>
    /// <param name="deliveryCount">How often the broker has handed out this message, from 1.</param>
    /// <param name="enqueuedAt">When the message became active.</param>
    /// <param name="cancellationToken">Ends when the host stops; a request under way goes on.</param>
    /// <exception cref="OutcomeNotRecordedException">The attempt was made; the tables did not take the record.</exception>
    /// <exception cref="Azure.RequestFailedException">A table or the vault failed before the attempt was made.</exception>
    public async Task<Settlement> HandleAsync(DeliveryMessage message, int deliveryCount, DateTimeOffset enqueuedAt, CancellationToken cancellationToken)
    {
        if (MayHaveBeenHandled(message, deliveryCount, enqueuedAt) || enqueuedAt < _started)
        {
            switch (DeliveryHistory.Of(message, await log.ReadAsync(message, cancellationToken)))
            {
                case DeliveryHistory.Over:
                    Log.NothingLeft(logger, message.DeliveryId, message.Run, message.Attempt);
                    return new Settlement.Complete();
                case DeliveryHistory.Recorded(var recorded):
                    Log.SettlingAgain(logger, message.DeliveryId, message.Run, message.Attempt, recorded.Outcome);
                    return SettlementOf(message, recorded);
            }
        }

        return message.Unrecorded is { } made
            ? SettlementOf(message, await log.RecordAsync(made))
            : await AttemptAsync(message, cancellationToken);
    }

    // Whatever is handed out for the first time as the first attempt of the first run cannot have been recorded, unless it lay there before this
    // process began (the one before may have died over it together with the broker's count), or comes so long after its event was accepted that the
    // broker may have forgotten the id of another that came before: an event that was replayed is fanned out to the same deliveries again.
    static bool MayHaveBeenHandled(DeliveryMessage message, int deliveryCount, DateTimeOffset enqueuedAt) =>
        deliveryCount > 1 || message.Attempt > 1 || message.PutBack > 0 || message.Run > 1
        || enqueuedAt - message.AcceptedAt > Queues.DuplicateWindow - ForgetfulnessMargin;

    async Task<Settlement> AttemptAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var result = await TryAsync(message, started, cancellationToken);
        var decision = DeliveryPolicy.Decide(result, message.Attempt, jitter());
        switch (decision)
        {
            case DeliveryDecision.Park:
                Log.Parked(logger, message.DeliveryId, message.Run, message.Attempt, message.SubscriptionId, message.Tenant);
                metrics.Parked();
                return new Settlement.Park(message.Again(null));
            case DeliveryDecision.PutBack:
                var wait = PutBackSchedule.Wait(message.PutBack, jitter());
                Log.EndpointBusy(logger, message.DeliveryId, message.Run, message.Attempt, message.PutBack + 1, wait.TotalSeconds, message.SubscriptionId, message.Tenant);
                metrics.PutBack(Queues.Deliveries, PutBackReason.EndpointBusy);
                return new Settlement.Replace(message.Again(null), time.GetUtcNow() + wait);
        }

        var record = AttemptRecords.From(message, started, result, decision, time.GetUtcNow());
        Tell(record);
        Log.DeliveryAttempted(
            logger, record.Tenant, record.SubscriptionId, record.EventId, record.EventType, record.DeliveryId, record.Run, record.Attempt,
            RetrySchedule.MaxAttempts, record.Outcome, record.Status, record.ErrorClass, record.TotalMs,
            (started - message.DueAt).TotalMilliseconds, message.PutBack, record.NextAttemptAt);
        return SettlementOf(message, await log.RecordAsync(record));
    }

    void Tell(AttemptRecord record)
    {
        metrics.Attempted(
            record.Outcome.ToString(), record.ErrorClass, record.StartedAt - record.DueAt, record.TotalMs is { } took ? TimeSpan.FromMilliseconds(took) : null);
        AttemptTrace.Tell(record);
    }

    async Task<AttemptResult> TryAsync(DeliveryMessage message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subscription = await subscriptions.FindAsync(message.Tenant, message.SubscriptionId, cancellationToken);
        if (subscription is { PausedAt: not null })
        {
            // What the cache has may be older than a resume, whose job has then been through the queue and would not see what is parked now.
            subscription = await store.FindAsync(message.Tenant, message.SubscriptionId, cancellationToken);
        }

        if (subscription is not { PausedAt: null })
        {
            return subscription is null ? new AttemptResult.NoSubscription() : new AttemptResult.Paused();
        }

        // The secrets first: a delivery whose subscription has one is never sent unsigned, whatever is down.
        var secrets = await signingKeys.GetAsync(subscription.SigningAt(now), cancellationToken);
        var headers = await headerValues.GetAsync(subscription.Headers?.Values, cancellationToken);
        using var slot = await slots.EnterAsync(subscription.Id, cancellationToken);
        if (slot is null)
        {
            return new AttemptResult.NoSlot();
        }

        // Not even a host that stops cuts it short, which cancels the token at once: a request that the receiver has got would be made again. It has a deadline
        // of its own, and the host waits for its functions.
        using var underWay = metrics.RequestUnderWay();
        return new AttemptResult.Made(
            await egress.SendAsync(WebhookRequest.Of(message, subscription.Url, secrets, headers, now), CancellationToken.None));
    }

    static Settlement SettlementOf(DeliveryMessage message, AttemptRecord record) => record.Outcome switch
    {
        AttemptOutcome.Delivered or AttemptOutcome.SubscriptionDeleted => new Settlement.Complete(),
        AttemptOutcome.Retrying when record.NextAttemptAt is { } next => new Settlement.Replace(message.NextAttempt(next), next),
        AttemptOutcome.DeadLettered => new Settlement.DeadLetter(
            DeadLetterReason.AttemptsExhausted,
            $"All {RetrySchedule.MaxAttempts} attempts failed; the last one at {record.StartedAt:u}: {record.Explanation}"),
        _ => throw new ArgumentOutOfRangeException(nameof(record), record.Outcome, "An attempt has no such outcome."),
    };

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Delivery attempted: {Outcome}, attempt {Attempt} of {MaxAttempts}, run {Run}, status {Status}, error {ErrorClass}, took {DurationMs} ms, "
            + "lag {LagMs} ms, put back {PutBack} times, next at {NextAttemptAt}; tenant {Tenant}, subscription {SubscriptionId}, event {EventId} ({EventType}), delivery {DeliveryId}")]
        public static partial void DeliveryAttempted(
            ILogger logger, string tenant, string subscriptionId, string eventId, string eventType, string deliveryId, int run, int attempt,
            int maxAttempts, AttemptOutcome outcome, int? status, string? errorClass, double? durationMs, double lagMs, int putBack, DateTimeOffset? nextAttemptAt);

        [LoggerMessage(2, LogLevel.Information, "Delivery {DeliveryId}, run {Run}: nothing left to do for attempt {Attempt}, it succeeded or a newer run took over")]
        public static partial void NothingLeft(ILogger logger, string deliveryId, int run, int attempt);

        [LoggerMessage(3, LogLevel.Information, "Delivery {DeliveryId}, run {Run}: attempt {Attempt} is recorded as {Outcome}; repeating its settlement")]
        public static partial void SettlingAgain(ILogger logger, string deliveryId, int run, int attempt, AttemptOutcome outcome);

        [LoggerMessage(4, LogLevel.Information, "Delivery {DeliveryId}, run {Run}: attempt {Attempt} is parked, since subscription {SubscriptionId} of tenant {Tenant} is paused")]
        public static partial void Parked(ILogger logger, string deliveryId, int run, int attempt, string subscriptionId, string tenant);

        [LoggerMessage(5, LogLevel.Information,
            "Delivery {DeliveryId}, run {Run}: attempt {Attempt} put back uncounted, time {PutBack}, for {WaitSeconds} s: the endpoint of subscription {SubscriptionId} "
            + "of tenant {Tenant} is busy with others, and takes no more calls of this instance")]
        public static partial void EndpointBusy(
            ILogger logger, string deliveryId, int run, int attempt, int putBack, double waitSeconds, string subscriptionId, string tenant);
    }
}
