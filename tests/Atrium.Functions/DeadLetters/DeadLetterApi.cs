using System.Text.Json;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Erasure;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>All functions of dead letters and their jobs, over queues and tables in memory.</summary>
sealed class DeadLetterApi : IDisposable
{
    /// <summary>Beside <see cref="Some.SubscriptionId"/>.</summary>
    public const string OtherSubscription = "sub_00000000000000000002";

    bool _areSubscribed;

    public DeadLetterApi() => Rig.Time.Advance(TimeSpan.FromHours(1));

    public JobRig Rig { get; } = new();

    public AttemptBatcher Attempts => Rig.Get<AttemptBatcher>();

    /// <summary>What was sent to <c>deliveries</c>.</summary>
    public RecordingSender Deliveries => Rig.Bus.Sender(Queues.Deliveries);

    /// <summary>What was sent to <c>visitor-events</c>.</summary>
    public RecordingSender Events => Rig.Bus.Sender(Queues.VisitorEvents);

    /// <summary>The records of what was discarded.</summary>
    public IReadOnlyList<string> Discarded => Rig.Logged.Of<DiscardAudit>();

    /// <summary>What the nightly start of retention logs.</summary>
    public IReadOnlyList<string> Retention => Rig.Logged.Of<DeadLetterRetention>();

    public FakeQueue DeadDeliveries => Rig.Bus.DeadLetters(Queues.Deliveries);

    public FakeQueue DeadEvents => Rig.Bus.DeadLetters(Queues.VisitorEvents);

    public FakeQueue DeadParked => Rig.Bus.DeadLetters(Queues.Parked);

    public FakeQueue Parked => Rig.Bus.Queue(Queues.Parked);

    /// <summary>A delivery that failed ten times.</summary>
    public static ServiceBusMessage Failed(int number = 1, Func<DeliveryMessage, DeliveryMessage>? change = null)
    {
        var delivery = Some.Delivery() with { DeliveryId = $"msg_{number:x32}", Attempt = RetrySchedule.MaxAttempts };
        return DeliveryMessageWriter.Write(change?.Invoke(delivery) ?? delivery, Some.Time);
    }

    public static ServiceBusMessage Poison(string body, string? tenant = Some.Tenant, string id = "evt_poison")
    {
        var message = new ServiceBusMessage(BinaryData.FromString(body)) { MessageId = id };
        if (tenant is not null)
        {
            message.ApplicationProperties["tenant"] = tenant;
        }

        return message;
    }

    public DeadLetterApi PutDelivery(
        int number = 1, Func<DeliveryMessage, DeliveryMessage>? change = null,
        string reason = DeadLetterReason.AttemptsExhausted, DateTimeOffset? at = null, int? lastStatus = null,
        string? lastErrorClass = null)
    {
        var message = Failed(number, change);
        foreach (var (name, value) in DeliveryMessageWriter.LastOutcome(
            new(reason, "") { LastStatus = lastStatus, LastErrorClass = lastErrorClass }))
        {
            message.ApplicationProperties[name] = value;
        }

        DeadDeliveries.Put(message, at ?? Some.Time, reason, "All 10 attempts failed.");
        return this;
    }

    public DeadLetterApi PutEvent(string body, string? tenant = Some.Tenant, string id = "evt_poison")
    {
        DeadEvents.Put(Poison(body, tenant, id), Some.Time, DeadLetterReason.InvalidEvent, "It is no event.");
        return this;
    }

    public Task<HttpAnswer> ListAsync(string query = "", string tenant = Some.Tenant) =>
        GetAsync(
            $"?{query}", tenant, request => Rig.Get<ListDeadLettersFunction>().RunAsync(request, tenant, default));

    public Task<HttpAnswer> CountAsync(string query = "", string tenant = Some.Tenant) =>
        GetAsync(
            $"/count?{query}", tenant,
            request => Rig.Get<CountDeadLettersFunction>().RunAsync(request, tenant, default));

    public Task<HttpAnswer> GroupsAsync(string query = "", string tenant = Some.Tenant) =>
        GetAsync(
            $"/groups?{query}", tenant,
            request => Rig.Get<GroupDeadLettersFunction>().RunAsync(request, tenant, default));

    /// <summary>What is shown of a delivery once all that failed is indexed.</summary>
    public async Task<HttpAnswer> DeliveryAsync(string deliveryId = Some.DeliveryId)
    {
        await Rig.IndexAsync();
        var request = HttpCall.Of("GET", "/api/x");
        return await HttpCall.AnswerAsync(request, Rig.Get<GetDeliveryFunction>().RunAsync(
            request, Some.Tenant, Some.SubscriptionId, deliveryId, default));
    }

    public Task<HttpAnswer> GetAsync(string queue, string number, string tenant = Some.Tenant) =>
        GetAsync(
            $"/{queue}/{number}", tenant,
            request => Rig.Get<GetDeadLetterFunction>().RunAsync(request, tenant, queue, number, default));

    /// <summary>Asks for a replay. The two subscriptions are there.</summary>
    public async Task<HttpAnswer> ReplayAsync(object filter, string tenant = Some.Tenant, string? key = null)
    {
        await SubscribeAsync();
        return await PostAsync(
            "dead-letters/replay", Json(filter), tenant, key,
            request => Rig.Get<ReplayDeadLettersFunction>().RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> DiscardAsync(object filter, string tenant = Some.Tenant, string? key = null) =>
        PostAsync(
            "dead-letters/discard", Json(filter), tenant, key,
            request => Rig.Get<DiscardDeadLettersFunction>().RunAsync(request, tenant, default));

    /// <summary>Asks for a replay of one. The two subscriptions are there.</summary>
    public async Task<HttpAnswer> ReplayOneAsync(
        string queue, long number, BinaryData? body = null, string tenant = Some.Tenant, string? key = null)
    {
        await SubscribeAsync();
        return await PostAsync(
            $"dead-letters/{queue}/{number}/replay", body, tenant, key,
            request => Rig.Get<ReplayDeadLetterFunction>().RunAsync(request, tenant, queue, $"{number}", default));
    }

    public Task<HttpAnswer> DiscardOneAsync(
        string queue, long number, string tenant = Some.Tenant, string? key = null) => PostAsync(
        $"dead-letters/{queue}/{number}/discard", null, tenant, key,
        request => Rig.Get<DiscardDeadLetterFunction>().RunAsync(request, tenant, queue, $"{number}", default));

    public Task<HttpAnswer> EraseAsync(object request, string tenant = Some.Tenant, string? key = null) =>
        PostAsync(
            "erase", Json(request), tenant, key,
            http => Rig.Get<EraseVisitorFunction>().RunAsync(http, tenant, default));

    public async Task RetainAsync(int days = 90)
    {
        await Rig.IndexAsync();
        await StartRetentionAsync(days);
    }

    /// <summary>What the timer does at night.</summary>
    public Task StartRetentionAsync(int days = 90)
    {
        Rig.Get<IOptions<DeadLetterOptions>>().Value.RetentionDays = days;
        return Rig.Get<DeadLetterRetention>().RunAsync(default);
    }

    /// <summary>Runs the job of an answer to its end.</summary>
    public async Task<Job> EndAsync(HttpAnswer answer, string tenant = Some.Tenant)
    {
        Assert.True(answer.Status == System.Net.HttpStatusCode.Accepted, answer.Text);
        await Rig.RunAllAsync();
        return (await Rig.Jobs.FindAsync(tenant, answer.Json.GetProperty("id").GetString()!, default))!;
    }

    public void Dispose() => Rig.Dispose();

    public static IReadOnlyList<string> Numbers(HttpAnswer page) =>
        [.. page.Json.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("sequenceNumber").GetString()!)];

    /// <summary>A delivery that was sent, read as its receiver will.</summary>
    public static DeliveryMessage Read(ServiceBusMessage sent) =>
        DeliveryMessageReader.Read(Some.ReceivedLater(sent)).Message!;

    static BinaryData Json(object value) => BinaryData.FromString(value as string ?? JsonSerializer.Serialize(value));

    async Task SubscribeAsync()
    {
        if (_areSubscribed)
        {
            return;
        }

        _areSubscribed = true;
        foreach (var tenant in new[] { Some.Tenant, "globex" })
        {
            foreach (var id in new[] { Some.SubscriptionId, OtherSubscription })
            {
                await Rig.Get<SubscriptionStore>().AddAsync(
                    Some.Subscription(id) with { Tenant = tenant }, default);
            }
        }
    }

    async Task<HttpAnswer> GetAsync(string path, string tenant, Func<HttpRequest, Task<IResult>> run)
    {
        await Rig.IndexAsync();
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/dead-letters{path}");
        return await HttpCall.AnswerAsync(request, run(request));
    }

    async Task<HttpAnswer> PostAsync(
        string path, BinaryData? body, string tenant, string? key, Func<HttpRequest, Task<IResult>> run)
    {
        await Rig.IndexAsync();
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/{path}", body);
        if (key is not null)
        {
            request.Headers["Idempotency-Key"] = key;
        }

        return await HttpCall.AnswerAsync(request, run(request));
    }
}
