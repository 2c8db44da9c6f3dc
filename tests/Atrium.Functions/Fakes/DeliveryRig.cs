using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The function <c>Deliver</c>, between a receiver on this machine and services in memory.</summary>
sealed class DeliveryRig : AppRig
{
    readonly SubscriptionStore _store;

    DeliveryRig(Receiver receiver, Action<IServiceCollection>? replace)
        : base(ToThisMachine, replace) =>
        (Receiver, _store) = (receiver, Get<SubscriptionStore>());

    public Receiver Receiver { get; }

    /// <summary>What was sent to <c>deliveries</c>.</summary>
    public RecordingSender Queue => Bus.Sender(Queues.Deliveries);

    /// <summary>What was sent to <c>parked</c>.</summary>
    public RecordingSender Parked => Bus.Sender(Queues.Parked);

    public EndpointBounds Bounds => Get<EndpointBounds>();

    public EndpointGate Gate => Get<EndpointGate>();

    public AttemptBatcher Attempts => Get<AttemptBatcher>();

    /// <summary>Starts a receiver that is subscribed, without a secret.</summary>
    public static async Task<DeliveryRig> StartAsync(Action<IServiceCollection>? replace = null)
    {
        var rig = new DeliveryRig(await Receiver.StartAsync(), replace);
        await rig.SubscribeAsync();
        return rig;
    }

    public Task SubscribeAsync(SecretReference? secret = null) =>
        SubscribeAsync(Some.Subscription() with { Secret = secret });

    /// <summary>Subscribes the receiver anew, as given but for the URL.</summary>
    public async Task SubscribeAsync(Subscription subscription, string? url = null)
    {
        await _store.RemoveAsync(Some.Tenant, Some.SubscriptionId, default);
        await _store.AddAsync(subscription with { Url = url ?? Receiver.Url }, default);
    }

    public Task UnsubscribeAsync() => _store.RemoveAsync(Some.Tenant, Some.SubscriptionId, default);

    public async Task<Subscription> SubscriptionAsync() =>
        (await _store.FindAsync(Some.Tenant, Some.SubscriptionId, default))!;

    public Task PauseAsync() => SetPausedAsync(Time.GetUtcNow());

    public Task ResumeAsync() => SetPausedAsync(null);

    public Task RunAsync(DeliveryMessage delivery, int deliveryCount = 1, CancellationToken stopping = default) =>
        RunAsync(Some.Received(DeliveryMessageWriter.Write(delivery, Time.GetUtcNow()), deliveryCount), stopping);

    public Task RunAsync(ServiceBusReceivedMessage message, CancellationToken stopping = default) =>
        Get<DeliverFunction>().RunAsync(message, Actions, stopping);

    /// <summary>Takes all slots of the receiver's endpoint, and leaves it hanging.</summary>
    public IReadOnlyCollection<EndpointSlot> UseEndpoint()
    {
        var slots = new List<EndpointSlot>();
        while (Gate.Ask(new(Some.Tenant, Some.SubscriptionId, Receiver.Url), mayComeAgain: true)
            is EndpointAdmission.Granted(var slot))
        {
            slots.Add(slot);
            _ = slot.SendAsync(() => new TaskCompletionSource<Exchange>().Task);
        }

        Time.Advance(EndpointGate.SlowFrom);
        return slots;
    }

    /// <summary>All attempts in the log.</summary>
    public async Task<IReadOnlyCollection<AttemptRecord>> AttemptsAsync()
    {
        Tables.Outage = null;
        return await Get<AttemptLog>().ReadAsync(Some.Delivery(), default);
    }

    /// <summary>The message put on the queue, read as the next receiver will.</summary>
    public DeliveryMessage Scheduled() => Read(Queue.Sent.Single());

    /// <summary>The message put on <c>parked</c>, read as whoever brings it back will.</summary>
    public DeliveryMessage Waiting() => Read(Parked.Sent.Single());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    /// <summary>A message, read as its receiver will.</summary>
    public static DeliveryMessage Read(ServiceBusMessage message) =>
        DeliveryMessageReader.Read(Some.Received(message)).Message!;

    async Task SetPausedAsync(DateTimeOffset? pausedAt) =>
        Assert.NotNull(await _store.ReplaceAsync(await SubscriptionAsync() with { PausedAt = pausedAt }, default));
}
