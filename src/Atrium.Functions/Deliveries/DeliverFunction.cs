using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Deliveries;

/// <summary>Takes a delivery off the queue, makes one attempt, and settles the message.</summary>
internal sealed partial class DeliverFunction(
    DeliveryHandler handler,
    DeliveryQueue queue,
    ParkedQueue parked,
    LockCheck lockCheck,
    MessageSettler settler,
    PutBacks putBacks,
    CreditPace credits,
    AtriumMetrics metrics,
    Func<double> jitter,
    ILogger<DeliverFunction> logger)
{
    /// <summary>One message, one attempt at most, one settlement.</summary>
    [Function("Deliver")]
    public Task RunAsync(
        [ServiceBusTrigger(
            Queues.Deliveries, Connection = Queues.Connection,
            AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => MessageTrace.RunAsync(
            SpanName.Deliver, Queues.Deliveries, message, () => HandleAsync(message, actions, cancellationToken));

    async Task HandleAsync(
        ServiceBusReceivedMessage message, ServiceBusMessageActions actions, CancellationToken cancellationToken)
    {
        lockCheck.Examine(message);
        await credits.SpendAsync(1, cancellationToken);
        var (due, fault) = DeliveryMessageReader.Read(message);
        if (due is null)
        {
            await settler.DeadLetterAsync(
                actions, message, Queues.Deliveries, DeadLetterReason.InvalidDelivery, fault!);
            return;
        }

        var settlement = await HandleAsync(due, message, cancellationToken);
        await SettleAsync(actions, message, due, settlement, cancellationToken);
    }

    async Task<Settlement> HandleAsync(
        DeliveryMessage due, ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await handler.HandleAsync(due, message.DeliveryCount, message.EnqueuedTime, cancellationToken);
        }
        catch (Exception e) when (e is OutcomeNotRecordedException || Outage.IsOne(e, cancellationToken))
        {
            var unrecorded = (e as OutcomeNotRecordedException)?.Record;
            var outage = unrecorded is null ? e : e.InnerException!;
            var reason = PutBackReason.Of(outage);
            var wait = putBacks.AfterOutage(outage, due.PutBacksFor(reason), (seconds, error) => Log.PutBack(
                logger, due.DeliveryId, due.Run, due.Attempt, due.SubscriptionId, due.Tenant, seconds,
                unrecorded is { WasRequested: true }, error));
            return new Settlement.PutBack(due.WithPutBack(reason, unrecorded ?? due.Unrecorded), wait);
        }
    }

    // The new message first, then the end of the old one: after a crash between the two, Service Bus drops the
    // duplicate.
    async Task SettleAsync(
        ServiceBusMessageActions actions,
        ServiceBusReceivedMessage message,
        DeliveryMessage due,
        Settlement settlement,
        CancellationToken cancellationToken)
    {
        switch (settlement)
        {
            case Settlement.Complete:
                break;
            case Settlement.Retry(var next):
                await queue.ScheduleAsync(next, next.DueAt, cancellationToken);
                break;
            case Settlement.PutBack(var copy, var wait):
                await PutBackAsync(copy, wait, cancellationToken);
                break;
            case Settlement.Park:
                await ParkAsync(due, cancellationToken);
                break;
            case Settlement.DeadLetter letter:
                await settler.DeadLetterAsync(
                    actions, message, Queues.Deliveries, letter.Reason, letter.Description,
                    DeliveryMessageWriter.LastOutcome(letter));
                return;
            default:
                throw new UnreachableException($"There is no settlement {settlement}.");
        }

        await settler.CompleteAsync(actions, message);
    }

    async Task ParkAsync(DeliveryMessage due, CancellationToken cancellationToken)
    {
        if (await parked.ParkAsync(due.Moved(), cancellationToken) is not { } refusal)
        {
            metrics.Parked();
            Log.Parked(logger, due.DeliveryId, due.Run, due.Attempt, due.SubscriptionId, due.Tenant);
            return;
        }

        var before = due.PutBacksFor(PutBackReason.ParkedFull);
        var wait = PutBackSchedule.WhileItLasts(before, jitter());
        if (before == 0)
        {
            Log.NotParked(logger, due.DeliveryId, due.SubscriptionId, due.Tenant, wait.TotalSeconds, refusal);
        }

        await PutBackAsync(due.WithPutBack(PutBackReason.ParkedFull), wait, cancellationToken);
    }

    Task PutBackAsync(DeliveryMessage copy, TimeSpan wait, CancellationToken cancellationToken) =>
        putBacks.SendAsync(
            Queues.Deliveries, copy.LastPutBackReason,
            () => queue.PutBackAsync(copy, wait, cancellationToken));

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Delivery {DeliveryId}, run {Run}, attempt {Attempt} of subscription {SubscriptionId} of tenant {Tenant} "
            + "put back for the first time, uncounted, for {WaitSeconds} s (request already made: {RequestMade}): "
            + "a dependency failed, {Error}")]
        public static partial void PutBack(
            ILogger logger, string deliveryId, int run, int attempt, string subscriptionId, string tenant,
            double waitSeconds, bool requestMade, string error);

        [LoggerMessage(2, LogLevel.Information,
            "Delivery {DeliveryId}, run {Run}: attempt {Attempt} is parked, since subscription {SubscriptionId} "
            + "of tenant {Tenant} is paused")]
        public static partial void Parked(
            ILogger logger, string deliveryId, int run, int attempt, string subscriptionId, string tenant);

        [LoggerMessage(3, LogLevel.Warning,
            "Delivery {DeliveryId} of subscription {SubscriptionId} of tenant {Tenant}, which is paused, is put back "
            + "for {WaitSeconds} s, since the queue parked takes nothing: {Reason}")]
        public static partial void NotParked(
            ILogger logger, string deliveryId, string subscriptionId, string tenant, double waitSeconds,
            ServiceBusFailureReason reason);
    }
}

/// <summary>
/// Compares the first message's lock with the setting that was checked at start. Reading it from the queue would need
/// management rights.
/// </summary>
internal sealed partial class LockCheck(IOptions<DeliveryOptions> options, TimeProvider time, ILogger<LockCheck> logger)
{
    // Transport and scheduling use up a little of a lock before it is compared.
    static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    int _examined;

    public void Examine(ServiceBusReceivedMessage message)
    {
        if (Interlocked.Exchange(ref _examined, 1) == 1)
        {
            return;
        }

        var left = message.LockedUntil - time.GetUtcNow();
        if (left + Tolerance < options.Value.LockDuration)
        {
            Log.LockTooShort(logger, Queues.Deliveries, left.TotalSeconds, options.Value.LockDuration.TotalSeconds);
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "The queue {Queue} locks messages for {LockSeconds:F0} s, but the setting Deliveries__LockDuration says "
            + "{ExpectedSeconds:F0} s. A lock that ends before its attempt sends a delivery twice: set the queue's "
            + "lock duration to the setting's value")]
        public static partial void LockTooShort(
            ILogger logger, string queue, double lockSeconds, double expectedSeconds);
    }
}

/// <summary>
/// Refuses to start when an attempt could outlast its message's lock, which would send a delivery twice.
/// </summary>
internal sealed class LockOutlastsAttempt(IOptions<EgressOptions> egress) : IValidateOptions<DeliveryOptions>
{
    /// <summary>
    /// The most that reading the subscription, reading the secret and recording the attempt take, each up to ten
    /// seconds with its retries. Three things can take longer, and rely on the host's renewal of the lock: a
    /// subscription that was just made or resumed is read twice, earlier secrets and headers are read one after the
    /// other until they are cached, and the first token for each service takes up to ten seconds. Later tokens are
    /// renewed before they expire, and no call waits for them.
    /// </summary>
    public static readonly TimeSpan StoreBudget = TimeSpan.FromSeconds(30);

    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var worst = egress.Value.Timeout + StoreBudget + EndpointGate.Patience;
        return worst < options.LockDuration
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"An attempt can take {worst.TotalSeconds} s (Egress__Timeout, {StoreBudget.TotalSeconds} s for tables "
                + $"and vault, and {EndpointGate.Patience.TotalSeconds} s for its turn), which is longer than the lock "
                + $"of its message, {options.LockDuration.TotalSeconds} s (Deliveries__LockDuration). Shorten the "
                + "time-out, or lengthen the queue's lock and this setting.");
    }
}

/// <summary>What the template tells the app about its queues.</summary>
internal sealed class DeliveryOptions
{
    public const string Section = "Deliveries";

    /// <summary>How long the queue <c>deliveries</c> locks a message.</summary>
    /// <value>One minute by default; Service Bus allows five seconds to five minutes.</value>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00", ErrorMessage = CheckedSettings.Between)]
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromMinutes(1);
}
