using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Parking;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Parking;

/// <summary>
/// Pause, resume and what they consist of, jobs included, over services in memory; with one subscription.
/// </summary>
sealed class ParkingApi : IAsyncDisposable
{
    public JobRig Rig { get; } = new();

    /// <summary>What the return of parked deliveries writes.</summary>
    public IReadOnlyList<string> Log => Rig.Logged.Of<StrandedParked>();

    public SteppedTime Time => Rig.Time;

    public FakeTables Tables => Rig.Tables;

    public SubscriptionStore Store => Rig.Get<SubscriptionStore>();

    /// <summary>The queue <c>parked</c>.</summary>
    public FakeQueue Parked => Rig.Bus.Queue(Queues.Parked);

    /// <summary>What is sent to <c>deliveries</c>.</summary>
    public RecordingSender Deliveries => Rig.Bus.Sender(Queues.Deliveries);

    /// <summary>What came back to <c>deliveries</c>, as the next receiver reads it.</summary>
    public IReadOnlyList<DeliveryMessage> Returned =>
        [.. Deliveries.Sent.Select(
            message => DeliveryMessageReader.Read(Some.ReceivedLater(message)).Message!)];

    public static async Task<ParkingApi> StartAsync()
    {
        var api = new ParkingApi();
        await api.Store.AddAsync(Some.Subscription(), default);
        return api;
    }

    /// <summary>A delivery as it lies parked; each of another event, accepted a second after the one before.</summary>
    public static DeliveryMessage Waiting(
        int number, string subscriptionId = Some.SubscriptionId, string tenant = Some.Tenant) => Some.Delivery() with
        {
            Tenant = tenant,
            SubscriptionId = subscriptionId,
            DeliveryId = DeliveryId.Of(tenant, $"evt_{number}", subscriptionId),
            EventId = $"evt_{number}",
            PutBack = 1,
            AcceptedAt = Some.Time.AddSeconds(number),
            LivesFrom = Some.Time.AddSeconds(number),
        };

    /// <summary>Parks deliveries; a second later they have lain there before whatever comes.</summary>
    public void Park(params IEnumerable<DeliveryMessage> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            Parked.Put(DeliveryMessageWriter.WriteParked(delivery));
        }

        Time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>What is parked, by message id.</summary>
    public IReadOnlyList<string> StillParked => [.. Parked.Messages.Select(message => message.MessageId!)];

    public async Task<Subscription> SubscriptionAsync() =>
        (await Store.FindAsync(Some.Tenant, Some.SubscriptionId, default))!;

    /// <summary>The tag of what is there now.</summary>
    public async Task<string> TagAsync() => EntityTag.Of((await SubscriptionAsync()).Version);

    /// <summary>Changes the subscription as another admin would.</summary>
    public async Task ChangeAsync(Func<Subscription, Subscription> change) =>
        Assert.NotNull(await Store.ReplaceAsync(change(await SubscriptionAsync()), default));

    /// <summary>Has something happen when the next change has read and is about to write.</summary>
    public void BetweenReadAndWrite(Func<Task> happens) => Tables.Before = call =>
    {
        if (call != "update")
        {
            return Task.CompletedTask;
        }

        Tables.Before = _ => Task.CompletedTask;
        return happens();
    };

    public Task<HttpAnswer> PauseAsync(
        string? ifMatch = "*", string tenant = Some.Tenant, string id = Some.SubscriptionId)
    {
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/subscriptions/{id}/pause");
        request.Headers.IfMatch = ifMatch;
        return HttpCall.AnswerAsync(
            request, Rig.Get<PauseSubscriptionFunction>().RunAsync(request, tenant, id, default));
    }

    public Task<HttpAnswer> ResumeAsync(
        string? ifMatch = "*", string tenant = Some.Tenant, string id = Some.SubscriptionId, string? key = null)
    {
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/subscriptions/{id}/resume");
        request.Headers.IfMatch = ifMatch;
        if (key is not null)
        {
            request.Headers[IdempotencyKey.Header] = key;
        }

        return HttpCall.AnswerAsync(
            request, Rig.Get<ResumeSubscriptionFunction>().RunAsync(request, tenant, id, default));
    }

    public async Task<HttpAnswer> GetParkedAsync(string tenant = Some.Tenant, string id = Some.SubscriptionId)
    {
        await Rig.IndexAsync();
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/subscriptions/{id}/parked");
        return await HttpCall.AnswerAsync(
            request, Rig.Get<GetParkedFunction>().RunAsync(request, tenant, id, default));
    }

    /// <summary>What the timer does each minute.</summary>
    public async Task ReturnParkedAsync()
    {
        await Rig.IndexAsync();
        await Rig.Get<StrandedParked>().RunAsync(default);
    }

    /// <summary>A tenant's jobs, newest first.</summary>
    public async Task<IReadOnlyList<Job>> JobsAsync(string tenant = Some.Tenant) =>
        await Rig.Jobs.ListAsync(tenant, null, 1000, default).ToListAsync();

    public ValueTask DisposeAsync() => Rig.DisposeAsync();
}
