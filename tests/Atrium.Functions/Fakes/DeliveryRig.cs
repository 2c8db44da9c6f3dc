using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// The function <c>Deliver</c> and all that it really consists of, between a receiver on this machine and services in
/// memory.
/// </summary>
sealed class DeliveryRig : IAsyncDisposable
{
    readonly SubscriptionStore _store;
    readonly SubscriptionCache _cache;
    readonly SigningKeys _keys;
    readonly HeaderValues _headers;
    readonly EgressClient _egress;
    readonly DeliverFunction _function;

    DeliveryRig(Receiver receiver, AtriumMetrics metrics)
    {
        Receiver = receiver;
        Metrics = metrics;
        var logs = new OneLog(Logged);
        Tables = new FakeTables(Journal);
        Vault = new FakeVault(Journal);
        Queue = new RecordingSender(Journal);
        Parked = new RecordingSender(Journal);
        Actions = new RecordingActions(Journal);
        Gate = new EndpointGate(Time, new Logger<EndpointGate>(logs));
        _store = new SubscriptionStore(Tables);
        _cache = new SubscriptionCache(_store, Metrics, Time);
        _keys = new SigningKeys(new SecretVault(Vault), Metrics, Time, new Logger<SigningKeys>(logs));
        _headers = new HeaderValues(new SecretVault(Vault), Metrics, Time);
        // A clock of its own: a test that skips waits must not end a request under way.
        _egress = new EgressClient(new EgressOptions { AllowLoopback = true }, new FakeTimeProvider(Some.Time),
            new Logger<EgressClient>(logs));
        Log = new AttemptLog(Tables, new AttemptBatcher(Tables), Time);
        var handler = new DeliveryHandler(
            _cache, _store, Gate, _keys, _headers, _egress, Log, Metrics, Time, Some.NoJitter,
            new Logger<DeliveryHandler>(logs));
        var outages = new OutageLog(Time, new Logger<OutageLog>(logs));
        var patient = new PatientSender(Time, outages);
        _function = new DeliverFunction(
            handler,
            new DeliveryQueue(Queue, patient, Time),
            new ParkedQueue(Parked, patient),
            new LockCheck(Options.Create(new DeliveryOptions()), Time, new Logger<LockCheck>(logs)),
            new MessageSettler(Metrics, outages, new Logger<MessageSettler>(logs)),
            new PutBacks(Metrics, outages, Some.NoJitter),
            Metrics,
            Time,
            Some.NoJitter,
            new Logger<DeliverFunction>(logs));
    }

    public Journal Journal { get; } = new();

    /// <summary>What is logged, by whomever.</summary>
    public CollectedLog<DeliveryRig> Logged { get; } = new();

    public SteppedTime Time { get; } = new(Some.Time);

    public Receiver Receiver { get; }

    public AtriumMetrics Metrics { get; }

    public FakeTables Tables { get; }

    public FakeVault Vault { get; }

    public RecordingSender Queue { get; }

    /// <summary>What lies on <c>parked</c>.</summary>
    public RecordingSender Parked { get; }

    public RecordingActions Actions { get; }

    public EndpointGate Gate { get; }

    public AttemptLog Log { get; }

    /// <summary>Starts a receiver that is subscribed, without a secret.</summary>
    public static async Task<DeliveryRig> StartAsync(AtriumMetrics? metrics = null)
    {
        var rig = new DeliveryRig(await Receiver.StartAsync(), metrics ?? Some.Metrics());
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
        _function.RunAsync(message, Actions, stopping);

    /// <summary>Takes all slots of the receiver's endpoint, and leaves it hanging.</summary>
    public void UseEndpoint()
    {
        while (Gate.Ask(new(Some.Tenant, Some.SubscriptionId, Receiver.Url)) is EndpointAdmission.Granted(var slot))
        {
            _ = slot.SendAsync(() => new TaskCompletionSource<Exchange>().Task);
        }

        Time.Advance(EndpointGate.SlowFrom);
    }

    /// <summary>All attempts in the log.</summary>
    public async Task<IReadOnlyCollection<AttemptRecord>> AttemptsAsync()
    {
        Tables.Outage = null;
        return await Log.ReadAsync(Some.Delivery(), default);
    }

    /// <summary>The message put on the queue, read as the next receiver will.</summary>
    public DeliveryMessage Scheduled() => Read(Queue.Sent.Single());

    /// <summary>The message put on <c>parked</c>, read as whoever brings it back will.</summary>
    public DeliveryMessage Waiting() => Read(Parked.Sent.Single());

    public async ValueTask DisposeAsync()
    {
        _cache.Dispose();
        _keys.Dispose();
        _headers.Dispose();
        _egress.Dispose();
        await Receiver.DisposeAsync();
    }

    static DeliveryMessage Read(ServiceBusMessage message) =>
        ((DeliveryReading.Understood)DeliveryMessageReader.Read(Some.Received(message))).Message;

    async Task SetPausedAsync(DateTimeOffset? pausedAt) =>
        Assert.NotNull(await _store.ReplaceAsync(await SubscriptionAsync() with { PausedAt = pausedAt }, default));
}
