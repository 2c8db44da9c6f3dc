using System.Net;
using System.Text.Json;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Overview;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Architecture;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Overview;

public sealed class OverviewTests : IDisposable
{
    readonly JobRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task What_lies_parked_for_one_is_counted_though_very_much_lies_parked_for_another()
    {
        await SubscribeAsync(1);
        await SubscribeAsync(2);
        var index = _rig.Get<DeadLetterIndex>();
        await ParkAsync(1, DeadLetterIndex.MostLookedAt + 1);
        await ParkAsync(2, 500);

        var shown = (await GetAsync()).Json.GetProperty("subscriptions").EnumerateArray();

        Assert.Equal(
            [(Id(1), DeadLetterIndex.MostLookedAt), (Id(2), 500)],
            shown.Select(one => (Text(one, "id")!, Number(one, "parked"))));
        Assert.All(shown, one => Assert.False(one.GetProperty("complete").GetBoolean()));

        Task ParkAsync(int number, int count) => index.AddAsync(
            JobSource.Parked,
            [
                .. Enumerable.Range(1, count).Select(each => new DeadLetter
                {
                    Queue = Queues.Parked, SequenceNumber = $"{number}00{each}", Tenant = Some.Tenant,
                    SubscriptionId = Id(number), Reason = null, Description = null, FailedAt = Some.Time,
                    AcceptedAt = Some.Time, Run = 1, Size = 1,
                }),
            ],
            Some.Time, default);
    }

    [Fact]
    public async Task A_subscription_is_shown_with_its_state_its_hours_and_what_lies_for_it()
    {
        await SubscribeAsync(1, subscription => subscription with { Name = "CRM", Events = ["visitor.checked_in"] });
        await RecordAsync(1, AttemptOutcome.Delivered, TimeSpan.FromMinutes(90));
        await RecordAsync(1, AttemptOutcome.Retrying, TimeSpan.FromMinutes(1), record => record with
        {
            DeliveryId = "msg_00000000000000000000000000000002",
            Status = 503,
            ErrorClass = "http",
            Cause = "signature",
            Explanation = "503: the endpoint is overloaded.",
        });
        PutDeadLetter(1);
        PutDeadLetter(1, Queues.Parked);
        _rig.Bus.Queue(Queues.Parked).Put(Message(1), Some.Time);

        var answer = await GetAsync();

        var shown = Assert.Single(answer.Json.GetProperty("subscriptions").EnumerateArray());
        Assert.Equal(
            (Id(1), "CRM", "https://example.com/hook", "retrying"),
            (Text(shown, "id"), Text(shown, "name"), Text(shown, "url"), Text(shown, "state")));
        Assert.Equal(
            ["visitor.checked_in"], shown.GetProperty("events").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(
            (await _rig.Get<SubscriptionStore>().FindAsync(Some.Tenant, Id(1), default) is { } stored)
                ? Functions.Http.EntityTag.Of(stored.Version) : null,
            Text(shown, "etag"));
        Assert.Equal(24, shown.GetProperty("hours").GetArrayLength());
        Assert.Equal((1, 2, 1), (Number(shown, "retrying"), Number(shown, "deadLetters"), Number(shown, "parked")));
        Assert.Equal(
            Some.Time.AddMinutes(-90), shown.GetProperty("lastDeliveredAt").GetDateTimeOffset());
        var failure = shown.GetProperty("lastFailure");
        Assert.Equal(
            (Some.Time.AddMinutes(-1), "msg_00000000000000000000000000000002", 503, "http",
                "signature", "503: the endpoint is overloaded."),
            (failure.GetProperty("at").GetDateTimeOffset(), Text(failure, "deliveryId"), Number(failure, "status"),
                Text(failure, "errorClass"), Text(failure, "cause"), Text(failure, "explanation")));
        Assert.True(shown.GetProperty("complete").GetBoolean());
        Assert.Equal(Some.Time, answer.Json.GetProperty("asOf").GetDateTimeOffset());
        Assert.Equal(Some.Time, answer.Json.GetProperty("indexedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_tenant_sees_only_its_own()
    {
        await SubscribeAsync(1);
        await SubscribeAsync(2, subscription => subscription with { Tenant = "globex" });
        _rig.Bus.DeadLetters(Queues.Deliveries).Put(Message(1, "globex"), Some.Time, "AttemptsExhausted");

        var shown = Assert.Single((await GetAsync()).Json.GetProperty("subscriptions").EnumerateArray());

        Assert.Equal(
            (Id(1), 0, "nothing_sent"), (Text(shown, "id"), Number(shown, "deadLetters"), Text(shown, "state")));
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync("..")).Status);
    }

    [Fact]
    public async Task What_was_before_the_hours_is_told_as_far_as_attempts_are_kept()
    {
        await SubscribeAsync(1);
        await RecordAsync(1, AttemptOutcome.Delivered, TimeSpan.FromDays(20));
        await RecordAsync(1, AttemptOutcome.DeadLettered, TimeSpan.FromDays(2));

        var shown = (await GetAsync()).Json.GetProperty("subscriptions")[0];

        Assert.Equal("failing", Text(shown, "state"));
        Assert.Equal(Some.Time.AddDays(-20), shown.GetProperty("lastDeliveredAt").GetDateTimeOffset());
        Assert.Equal(
            Some.Time.AddDays(-2), shown.GetProperty("lastFailure").GetProperty("at").GetDateTimeOffset());
        Assert.All(
            shown.GetProperty("hours").EnumerateArray(), hour => Assert.Equal((0, 0), (Number(hour, "failed"),
                Number(hour, "givenUp"))));
    }

    [Fact]
    public async Task Beyond_what_is_read_for_a_page_the_numbers_are_not_complete()
    {
        await SubscribeAsync(1);
        await SubscribeAsync(2);
        // Of one transaction each, and so quick to write.
        await Task.WhenAll(Enumerable.Range(0, AttemptReader.MaxRowsRead + 1).Select(number => RecordAsync(
            1, AttemptOutcome.Delivered, TimeSpan.FromSeconds(number), record => record with
            {
                DeliveryId = $"msg_{number:x32}",
            })));

        var shown = (await GetAsync()).Json.GetProperty("subscriptions");

        Assert.Equal(
            [false, true],
            shown.EnumerateArray().Select(subscription => subscription.GetProperty("complete").GetBoolean()));
        Assert.Equal(
            AttemptReader.MaxRowsRead,
            shown[0].GetProperty("hours").EnumerateArray().Sum(hour => Number(hour, "delivered")));
    }

    [Fact]
    public async Task Beyond_what_is_looked_at_of_an_index_the_numbers_are_not_complete()
    {
        await SubscribeAsync(1);
        await _rig.Get<DeadLetterIndex>().AddAsync(
            JobSource.DeliveriesDeadLetters,
            [
                .. Enumerable.Range(1, DeadLetterIndex.MostLookedAt + 1).Select(number =>
                    DeadLetter.Of(JobSource.DeliveriesDeadLetters, Some.Received(Message(1), sequenceNumber: number))),
            ],
            Some.Time, default);

        var shown = (await GetAsync()).Json.GetProperty("subscriptions")[0];

        Assert.Equal(
            (DeadLetterIndex.MostLookedAt, false),
            (Number(shown, "deadLetters"), shown.GetProperty("complete").GetBoolean()));
    }

    [Fact]
    public async Task Before_all_is_indexed_nobody_says_up_to_when()
    {
        await SubscribeAsync(1);

        Assert.Equal(
            JsonValueKind.Null, (await AnswerAsync(Some.Tenant)).Json.GetProperty("indexedAt").ValueKind);
    }

    [Fact]
    public async Task A_change_of_a_subscription_is_seen_at_once()
    {
        await SubscribeAsync(1);
        Assert.Equal(1, (await GetAsync()).Json.GetProperty("subscriptions").GetArrayLength());
        await SubscribeAsync(2);
        Assert.Equal(2, (await GetAsync()).Json.GetProperty("subscriptions").GetArrayLength());

        var store = _rig.Get<SubscriptionStore>();
        var second = await store.FindAsync(Some.Tenant, Id(2), default);
        await store.ReplaceAsync(second! with { PausedAt = Some.Time }, default);
        Assert.Equal(
            "paused", Text((await GetAsync()).Json.GetProperty("subscriptions").EnumerateArray().Last(), "state"));
    }

    [Fact]
    public async Task Its_numbers_are_read_once_for_all_who_ask_within_fifteen_seconds_and_it_asks_no_queue()
    {
        await SubscribeAsync(1);
        PutDeadLetter(1);
        await _rig.IndexAsync();
        var dead = _rig.Bus.DeadLetters(Queues.Deliveries).Calls.Count;
        await AnswerAsync(Some.Tenant);
        var read = _rig.Tables.Calls.Count;

        _rig.Time.Advance(OverviewCache.KeptFor - TimeSpan.FromTicks(1));
        await AnswerAsync(Some.Tenant);
        Assert.Equal(["query"], _rig.Tables.Calls.Skip(read));

        _rig.Time.Advance(TimeSpan.FromTicks(1));
        await AnswerAsync(Some.Tenant);
        Assert.True(_rig.Tables.Calls.Count > read + 2);
        Assert.Equal(dead, _rig.Bus.DeadLetters(Queues.Deliveries).Calls.Count);
    }

    [Theory]
    [InlineData("working", nameof(AttemptOutcome.Delivered), 1)]
    [InlineData("idle for a day", nameof(AttemptOutcome.Delivered), 60)]
    [InlineData("failing for a day", nameof(AttemptOutcome.DeadLettered), 60)]
    public async Task Twenty_subscriptions_cost_as_many_table_reads_as_the_document_says(
        string kind, string outcome, int hours)
    {
        for (var number = 1; number <= SubscriptionAdmissions.MaxPerTenant; number++)
        {
            await SubscribeAsync(number);
            await RecordAsync(number, Enum.Parse<AttemptOutcome>(outcome), TimeSpan.FromHours(hours));
        }

        await _rig.IndexAsync();
        var before = _rig.Tables.Calls.Count;
        await AnswerAsync(Some.Tenant);
        var calls = _rig.Tables.Calls.Skip(before).ToList();

        Assert.Empty(calls.Except(["query", "get"]));
        Assert.Equal(Documented(kind), calls.Count);
    }

    static int Documented(string kind)
    {
        var cells = File.ReadLines(Path.Combine(SourceFormTests.Root, "docs", "operations-cost.md"))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToList())
            .Single(cells => cells[0] == $"20 subscriptions, {kind}");
        return int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    async Task SubscribeAsync(int number, Func<Subscription, Subscription>? change = null)
    {
        var subscription = Some.Subscription(Id(number)) with { CreatedAt = Some.Time.AddDays(number - 100) };
        await _rig.Get<SubscriptionStore>().AddAsync(change?.Invoke(subscription) ?? subscription, [], default);
    }

    Task<AttemptRecord> RecordAsync(
        int number, AttemptOutcome outcome, TimeSpan ago, Func<AttemptRecord, AttemptRecord>? change = null)
    {
        var record = Some.Record(outcome) with
        {
            SubscriptionId = Id(number),
            StartedAt = Some.Time - ago,
            RunStartedAt = Some.Time - ago,
        };
        return _rig.Get<AttemptBatcher>().AddAsync(change?.Invoke(record) ?? record);
    }

    void PutDeadLetter(int number, string queue = Queues.Deliveries) =>
        _rig.Bus.DeadLetters(queue).Put(Message(number), Some.Time, "AttemptsExhausted");

    static Azure.Messaging.ServiceBus.ServiceBusMessage Message(int number, string tenant = Some.Tenant) =>
        DeliveryMessageWriter.Write(Some.Delivery() with { Tenant = tenant, SubscriptionId = Id(number) }, Some.Time);

    async Task<HttpAnswer> GetAsync(string tenant = Some.Tenant)
    {
        await _rig.IndexAsync();
        return await AnswerAsync(tenant);
    }

    Task<HttpAnswer> AnswerAsync(string tenant)
    {
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/overview");
        return HttpCall.AnswerAsync(request, _rig.Get<GetOverviewFunction>().RunAsync(request, tenant, default));
    }

    static string Id(int number) => $"sub_{number:x20}";

    static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
