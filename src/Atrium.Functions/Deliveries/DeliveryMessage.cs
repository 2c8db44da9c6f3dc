using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Deliveries;

/// <summary>An attempt of a delivery, as it is on the queue.</summary>
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

    /// <summary>Why it was put back last: one of <see cref="PutBackReason"/>; empty if unknown, or if it was
    /// not.</summary>
    public string LastPutBackReason { get; init; } = "";

    /// <summary>How often in a row it was put back for that reason.</summary>
    public int PutBacksInARow { get; init; }

    /// <summary>How often this run was put back because the endpoint had no slot.</summary>
    public int SlotPutBacks { get; init; }

    /// <summary>When the event was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>
    /// From when <see cref="Lifetime.Whole"/> counts, after which every copy of the message expires: when the event was
    /// accepted, or when a person last replayed or resumed the delivery. Otherwise it would expire at once after a long
    /// time as a dead letter or parked.
    /// </summary>
    public required DateTimeOffset LivesFrom { get; init; }

    /// <summary>When this run began; its week names the table in which the run's attempts are kept.</summary>
    public required DateTimeOffset RunStartedAt { get; init; }

    /// <summary>
    /// When this attempt was first due. Putting it back does not change this, so the delay can be measured.
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
    /// No other message has this id. Duplicate detection would drop a second one and report success. So each new
    /// message has a higher run, attempt or put-back.
    /// </summary>
    public string MessageId => $"{DeliveryId}:{Run}:{Attempt}.{PutBack}";

    /// <summary>The message of the next attempt.</summary>
    public DeliveryMessage NextAttempt(DateTimeOffset dueAt) =>
        Afresh() with { Attempt = Attempt + 1, DueAt = dueAt };

    /// <summary>The message of a new run that a person asked for. It begins with attempt 1.</summary>
    /// <param name="askedAt">When the person did. The run begins then: a message that is sent twice is of one
    /// run.</param>
    public DeliveryMessage Replayed(DateTimeOffset askedAt, DateTimeOffset now) =>
        Afresh() with
        {
            Run = Run + 1,
            Attempt = 1,
            SlotPutBacks = 0,
            RunStartedAt = askedAt,
            DueAt = now,
            LivesFrom = now,
        };

    /// <summary>How often in a row this attempt was put back for a reason, whose waits grow by it.</summary>
    /// <param name="reason">One of <see cref="PutBackReason"/>.</param>
    public int PutBacksFor(string reason) => reason == LastPutBackReason ? PutBacksInARow : 0;

    /// <summary>The message of the same attempt, put back uncounted.</summary>
    /// <param name="reason">One of <see cref="PutBackReason"/>.</param>
    /// <param name="unrecorded">The outcome of the request, if it was made, so that it is not repeated.</param>
    public DeliveryMessage WithPutBack(string reason, AttemptRecord? unrecorded = null) => this with
    {
        PutBack = PutBack + 1,
        LastPutBackReason = reason,
        PutBacksInARow = PutBacksFor(reason) + 1,
        SlotPutBacks = reason == PutBackReason.EndpointBusy ? SlotPutBacks + 1 : SlotPutBacks,
        Unrecorded = unrecorded,
    };

    /// <summary>The message of the same attempt on another queue: <c>parked</c>, or <c>deliveries</c> again.</summary>
    public DeliveryMessage Moved() => Afresh() with { PutBack = PutBack + 1 };

    /// <summary>
    /// The message of the same attempt after it was parked: uncounted, due now, and with a full lifetime. If its run
    /// began long ago, its further attempts are stored with those of this week, so that they are found and kept as long
    /// as others.
    /// </summary>
    /// <param name="askedAt">When that was asked for: a message that is sent twice is of one run.</param>
    public DeliveryMessage Resumed(DateTimeOffset askedAt, DateTimeOffset now) => Moved() with
    {
        SlotPutBacks = 0,
        DueAt = now,
        LivesFrom = now,
        RunStartedAt = askedAt - RunStartedAt > Lifetime.Whole ? askedAt : RunStartedAt,
    };

    DeliveryMessage Afresh() =>
        this with { PutBack = 0, LastPutBackReason = "", PutBacksInARow = 0, Unrecorded = null };
}

/// <summary>
/// Ids are computed, never random: work that runs twice makes the same ids, and duplicate detection drops the second
/// messages. They contain no dot and no colon, because these separate parts of the signed content and of message ids.
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

/// <summary>The sending end of <c>deliveries</c>.</summary>
internal sealed class DeliveryQueue(
    [FromKeyedServices(Queues.Deliveries)] ServiceBusSender sender, PatientSender patient, TimeProvider time)
{
    /// <summary>
    /// Puts a message on the queue, to be received later. Safe to repeat: a second copy has the same id and is dropped.
    /// </summary>
    /// <param name="at">When the message is to arrive: when the attempt is due.</param>
    /// <exception cref="ServiceBusException">Service Bus did not take it.</exception>
    public Task ScheduleAsync(DeliveryMessage delivery, DateTimeOffset at, CancellationToken cancellationToken) =>
        ScheduleAsync(delivery, _ => at, cancellationToken);

    /// <summary>
    /// Puts an attempt back, to be received again a wait after the queue has taken it: while the queue took nothing,
    /// the lock of the original may have run out, and then the original comes first. Safe to repeat.
    /// </summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it.</exception>
    public Task PutBackAsync(DeliveryMessage delivery, TimeSpan wait, CancellationToken cancellationToken) =>
        ScheduleAsync(delivery, now => now + wait, cancellationToken);

    /// <summary>Sends deliveries that are due now, in as few batches as their size allows.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take all of them; sending all again is
    /// safe.</exception>
    public Task SendAsync(IEnumerable<DeliveryMessage> deliveries, CancellationToken cancellationToken) =>
        patient.SendAllAsync(
            sender, deliveries.Select(delivery => DeliveryMessageWriter.Write(delivery, time.GetUtcNow())),
            cancellationToken);

    Task ScheduleAsync(
        DeliveryMessage delivery, Func<DateTimeOffset, DateTimeOffset> due, CancellationToken cancellationToken) =>
        patient.SendAsync(
            sender,
            now =>
            {
                var at = due(now);
                var message = DeliveryMessageWriter.Write(delivery, at > now ? at : now);
                message.ScheduledEnqueueTime = at;
                return message;
            },
            cancellationToken);
}

/// <summary>
/// The sending end of <c>parked</c>, where deliveries of paused subscriptions wait until they are resumed.
/// </summary>
internal sealed class ParkedQueue([FromKeyedServices(Queues.Parked)] ServiceBusSender sender, PatientSender patient)
{
    /// <summary>Parks a delivery. Safe to repeat: a second copy has the same id and is dropped.</summary>
    /// <returns>
    /// Null when it is parked; otherwise why this queue takes nothing: it is full, disabled or missing. It is not worth
    /// waiting for: the wait would hold up other deliveries for minutes, and paused subscriptions may fill the queue
    /// for days.
    /// </returns>
    /// <exception cref="ServiceBusException">Service Bus did not take it for another reason.</exception>
    public async Task<ServiceBusFailureReason?> ParkAsync(DeliveryMessage delivery, CancellationToken cancellationToken)
    {
        ServiceBusFailureReason? refusal = null;
        await patient.SendAsync(
            async token =>
            {
                try
                {
                    await sender.SendMessageAsync(DeliveryMessageWriter.WriteParked(delivery), token);
                }
                catch (ServiceBusException e) when (
                    e.Reason is ServiceBusFailureReason.QuotaExceeded or ServiceBusFailureReason.MessagingEntityDisabled
                    or ServiceBusFailureReason.MessagingEntityNotFound)
                {
                    refusal = e.Reason;
                }
            },
            cancellationToken);
        return refusal;
    }
}
