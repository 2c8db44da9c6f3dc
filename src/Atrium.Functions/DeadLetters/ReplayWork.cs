using System.Diagnostics;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Sends dead letters again: a delivery as a new run, an event as the same event, a parked delivery as the attempt that
/// it was. Message ids are computed from the letter. So if the process dies and a message is sent twice, Service Bus
/// drops the second, or the delivery is found recorded.
/// </summary>
internal sealed class ReplayWork(
    IndexedWork work, SubscriptionStore subscriptions, DeliveryQueue deliveries, EventQueue events, TimeProvider time)
    : IJobWork
{
    public JobKind Kind => JobKind.Replay;

    public async Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        if (DeadLetterFilter.Read(job.Arguments) is not { } filter)
        {
            return JobStep.Failed.Unknown;
        }

        var areEvents = job.Source == JobSource.VisitorEventsDeadLetters;
        var known = areEvents ? [] : await KnownAsync(job.Tenant, cancellationToken);
        var only = filter.Only();
        var order = new WorkOrder(
            job, filter.TakenOf(job.Source, job.CreatedAt),
            message => areEvents ? ChooseEvent(message) : Choose(known, message), ActAsync)
        {
            Only = only,
            OldestFirst = only is null,
            NeedsWholeIndex = only is null,
        };
        return await work.StepAsync(order, cancellationToken);

        // A subscription may have been deleted since its messages were judged. The next step judges them anew.
        async Task<bool> ActAsync(IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken token)
        {
            foreach (var id in areEvents ? [] : messages.Select(message => Delivery(message).SubscriptionId).Distinct())
            {
                if (await subscriptions.FindAsync(job.Tenant, id, token) is null)
                {
                    return false;
                }
            }

            await SendAsync(job, messages, token);
            return true;
        }
    }

    /// <summary>Whether a message is an event that can be sent again; any other would fail again at once.</summary>
    public static bool IsEvent(ServiceBusReceivedMessage message) => EventMessage.Read(message).Message is not null
        && EventReader.Read(MessageBody.BytesOf(message)) is EventReading.Valid;

    static WorkChoice ChooseEvent(ServiceBusReceivedMessage message) =>
        IsEvent(message) ? WorkChoice.Take : WorkChoice.Skip;

    // A delivery without its subscription would end without a request, and be lost.
    static WorkChoice Choose(HashSet<string> known, ServiceBusReceivedMessage message) =>
        DeliveryMessageReader.Read(message).Message is not { } delivery ? WorkChoice.Skip
        : known.Contains(delivery.SubscriptionId) ? WorkChoice.Take
        : WorkChoice.SkipDeleted;

    // The ids of the tenant's subscriptions, notices' among them.
    async Task<HashSet<string>> KnownAsync(string tenant, CancellationToken cancellationToken)
    {
        var all = await subscriptions.ListAsync(tenant, cancellationToken);
        var notices = await subscriptions.FindAsync(tenant, SubscriptionId.Notices, cancellationToken);
        return [.. all.Append(notices).OfType<Subscription>().Select(one => one.Id)];
    }

    Task SendAsync(Job job, IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return job.Source switch
        {
            JobSource.DeliveriesDeadLetters => deliveries.SendAsync(
                messages.Select(message => NextRun(Delivery(message), job.CreatedAt, now)), cancellationToken),
            JobSource.ParkedDeadLetters => deliveries.SendAsync(
                messages.Select(message => SameAttempt(Delivery(message), job.CreatedAt, now)), cancellationToken),
            JobSource.VisitorEventsDeadLetters => events.ReplayAsync(
                messages.Select(message => EventMessage.Read(message).Message!), cancellationToken),
            _ => throw new UnreachableException($"Nothing can be replayed from {job.Source}."),
        };
    }

    // If the receiver got the request and only the record failed, it is recorded now and not sent again.
    static DeliveryMessage NextRun(DeliveryMessage delivery, DateTimeOffset askedAt, DateTimeOffset now) =>
        delivery.Unrecorded is { Outcome: AttemptOutcome.Delivered }
            ? SameAttempt(delivery, askedAt, now)
            : delivery.Replayed(askedAt, now);

    // The missing record goes into the table where the attempts of this run are kept from now on.
    static DeliveryMessage SameAttempt(DeliveryMessage delivery, DateTimeOffset askedAt, DateTimeOffset now)
    {
        var returned = delivery.Resumed(askedAt, now);
        return returned with
        {
            Unrecorded = delivery.Unrecorded is { } record
                ? record with { RunStartedAt = returned.RunStartedAt }
                : null,
        };
    }

    static DeliveryMessage Delivery(ServiceBusReceivedMessage message) =>
        DeliveryMessageReader.Read(message).Message!;
}
