using System.Text.Json;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Erasure;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>All functions of dead letters and the work of their jobs, over queues and tables in memory.</summary>
sealed class DeadLetterApi
{
    readonly DeadLetterReader _reader;
    readonly DeadLetterJobs _jobs;
    readonly EventRepair _repaired;
    DeliveryQueue _deliveryQueue = null!;
    EventQueue _eventQueue = null!;

    public DeadLetterApi()
    {
        Deliveries = Some.Sender();
        Events = Some.Sender();
        Logged = new CollectedLog<DiscardAudit>();
        Rig = new JobRig(
            rig =>
            {
                _deliveryQueue = new DeliveryQueue(Deliveries, rig.Patient, rig.Time);
                _eventQueue = new EventQueue(Events, rig.Patient, rig.Time);
                return new ReplayWork(rig.Sweep, _deliveryQueue, _eventQueue, rig.Time);
            },
            rig => new DiscardWork(rig.Sweep, new DiscardAudit(Logged)),
            rig => new EraseWork(rig.Sweep, new DiscardAudit(Logged)));
        Log = new AttemptLog(Rig.Tables, new AttemptBatcher(Rig.Tables), Rig.Time);
        _reader = new DeadLetterReader(Rig.Receivers, Rig.Time);
        _jobs = new DeadLetterJobs(Rig.Starter, _reader);
        _repaired = new EventRepair(_reader, _eventQueue, Some.EventKeys(Rig.Tables, Rig.Time), Rig.Starter);
        Rig.Time.Advance(TimeSpan.FromHours(1));
    }

    public JobRig Rig { get; }

    public AttemptLog Log { get; }

    /// <summary>What was sent to <c>deliveries</c>.</summary>
    public RecordingSender Deliveries { get; }

    /// <summary>What was sent to <c>visitor-events</c>.</summary>
    public RecordingSender Events { get; }

    public CollectedLog<DiscardAudit> Logged { get; }

    /// <summary>What the nightly start of retention logs.</summary>
    public CollectedLog<DiscardOldDeadLettersFunction> Retention { get; } = new();

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
        string reason = DeadLetterReason.AttemptsExhausted, DateTimeOffset? at = null)
    {
        DeadDeliveries.Put(Failed(number, change), at ?? Some.Time, reason, "All 10 attempts failed.");
        return this;
    }

    public DeadLetterApi PutEvent(string body, string? tenant = Some.Tenant, string id = "evt_poison")
    {
        DeadEvents.Put(Poison(body, tenant, id), Some.Time, DeadLetterReason.InvalidEvent, "It is no event.");
        return this;
    }

    public Task<HttpAnswer> ListAsync(string query = "", string tenant = Some.Tenant) =>
        GetAsync(
            $"?{query}", tenant, request => new ListDeadLettersFunction(_reader).RunAsync(request, tenant, default));

    public Task<HttpAnswer> CountAsync(string query = "", string tenant = Some.Tenant) =>
        GetAsync(
            $"/count?{query}", tenant,
            request => new CountDeadLettersFunction(_reader).RunAsync(request, tenant, default));

    public Task<HttpAnswer> GetAsync(string queue, string number, string tenant = Some.Tenant) =>
        GetAsync(
            $"/{queue}/{number}", tenant,
            request => new GetDeadLetterFunction(_reader, Log).RunAsync(request, tenant, queue, number, default));

    public Task<HttpAnswer> ReplayAsync(object filter, string tenant = Some.Tenant, string? key = null) =>
        PostAsync(
            "dead-letters/replay", Json(filter), tenant, key,
            request => new ReplayDeadLettersFunction(_jobs).RunAsync(request, tenant, default));

    public Task<HttpAnswer> DiscardAsync(object filter, string tenant = Some.Tenant, string? key = null) =>
        PostAsync(
            "dead-letters/discard", Json(filter), tenant, key,
            request => new DiscardDeadLettersFunction(_jobs).RunAsync(request, tenant, default));

    public Task<HttpAnswer> ReplayOneAsync(
        string queue, long number, BinaryData? body = null, string tenant = Some.Tenant, string? key = null) =>
        PostAsync(
        $"dead-letters/{queue}/{number}/replay", body, tenant, key,
        request => new ReplayDeadLetterFunction(_jobs, _repaired)
            .RunAsync(request, tenant, queue, $"{number}", default));

    public Task<HttpAnswer> DiscardOneAsync(
        string queue, long number, string tenant = Some.Tenant, string? key = null) => PostAsync(
        $"dead-letters/{queue}/{number}/discard", null, tenant, key,
        request => new DiscardDeadLetterFunction(_jobs).RunAsync(request, tenant, queue, $"{number}", default));

    public Task<HttpAnswer> EraseAsync(object request, string tenant = Some.Tenant, string? key = null) =>
        PostAsync(
            "erase", Json(request), tenant, key,
            http => new EraseVisitorFunction(_jobs).RunAsync(http, tenant, default));

    public Task RetainAsync(int days = 90) => new DiscardOldDeadLettersFunction(
        Rig.Starter, Options.Create(new DeadLetterOptions { RetentionDays = days }), Rig.Time, Retention)
            .RunAsync(new TimerInfo(), default);

    /// <summary>Runs the job of an answer to its end.</summary>
    public async Task<Job> EndAsync(HttpAnswer answer, string tenant = Some.Tenant)
    {
        Assert.True(answer.Status == System.Net.HttpStatusCode.Accepted, answer.Text);
        await Rig.RunAllAsync();
        return (await Rig.Jobs.FindAsync(tenant, answer.Json.GetProperty("id").GetString()!, default))!;
    }

    public static IReadOnlyList<string> Numbers(HttpAnswer page) =>
        [.. page.Json.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("sequenceNumber").GetString()!)];

    /// <summary>A delivery that was sent, read as its receiver will.</summary>
    public static DeliveryMessage Read(ServiceBusMessage sent) =>
        ((DeliveryReading.Understood)DeliveryMessageReader.Read(Some.ReceivedLater(sent))).Message;

    static BinaryData Json(object value) => BinaryData.FromString(value as string ?? JsonSerializer.Serialize(value));

    static Task<HttpAnswer> GetAsync(string path, string tenant, Func<HttpRequest, Task<IResult>> run)
    {
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/dead-letters{path}");
        return HttpCall.AnswerAsync(request, run(request));
    }

    static Task<HttpAnswer> PostAsync(
        string path, BinaryData? body, string tenant, string? key, Func<HttpRequest, Task<IResult>> run)
    {
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/{path}", body);
        if (key is not null)
        {
            request.Headers["Idempotency-Key"] = key;
        }

        return HttpCall.AnswerAsync(request, run(request));
    }
}
