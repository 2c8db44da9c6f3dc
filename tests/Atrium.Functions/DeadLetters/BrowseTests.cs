using System.Net;
using System.Text.Json;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

public sealed class BrowseTests : IDisposable
{
    const string OtherSubscription = DeadLetterApi.OtherSubscription;

    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_dead_letter_is_shown_with_all_but_its_body()
    {
        _api.PutDelivery();

        var page = await _api.ListAsync();

        var item = Assert.Single(page.Json.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ["queue", "sequenceNumber", "tenant", "subscriptionId", "deliveryId", "eventId", "event", "run", "attempt",
                "reason", "description", "lastStatus", "lastErrorClass", "failedAt", "acceptedAt", "size"],
            item.EnumerateObject().Select(field => field.Name));
        Assert.Equal(
            ("deliveries", "1", "acme", Some.SubscriptionId, 1, 10, "AttemptsExhausted", Some.Body.ToArray().Length),
            (Text(item, "queue"), Text(item, "sequenceNumber"), Text(item, "tenant"), Text(item, "subscriptionId"),
            item.GetProperty("run").GetInt32(), item.GetProperty("attempt").GetInt32(), Text(item, "reason"),
            item.GetProperty("size").GetInt32()));
        Assert.DoesNotContain("jane.smith@example.com", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", new[] { "4", "3", "2", "1" })]
    [InlineData("subscription=" + OtherSubscription, new[] { "2" })]
    [InlineData("reason=TTLExpiredException", new[] { "3" })]
    [InlineData("event=visitor.checked_out", new[] { "4" })]
    [InlineData("from=2026-04-15T09:32:00Z", new[] { "4", "3", "2" })]
    [InlineData("from=2026-04-15T09:32:00Z&to=2026-04-15T11:33:00%2B02:00", new[] { "2" })]
    [InlineData("subscription=" + OtherSubscription + "&reason=TTLExpiredException", new string[0])]
    [InlineData("lastStatus=404", new[] { "2" })]
    [InlineData("lastErrorClass=http", new[] { "4", "2" })]
    [InlineData("lastErrorClass=http&lastStatus=503", new[] { "4" })]
    [InlineData("lastErrorClass=tls", new string[0])]
    [InlineData("deliveryId=msg_00000000000000000000000000000003", new[] { "3" })]
    [InlineData("queue=deliveries&code=function-key", new[] { "4", "3", "2", "1" })]
    [InlineData("queue=parked", new string[0])]
    public async Task A_filter_narrows_list_and_count_alike(string query, string[] expected)
    {
        _api.PutDelivery(1, at: Some.Time.AddMinutes(1), lastErrorClass: "timeout")
            .PutDelivery(
                2, delivery => delivery with { SubscriptionId = OtherSubscription }, at: Some.Time.AddMinutes(2),
                lastStatus: 404, lastErrorClass: "http")
            .PutDelivery(3, reason: "TTLExpiredException", at: Some.Time.AddMinutes(3))
            .PutDelivery(
                4, delivery => delivery with { EventType = "visitor.checked_out" }, at: Some.Time.AddMinutes(4),
                lastStatus: 503, lastErrorClass: "http");

        // A rebuild lists them, and so as what was listed when it failed.
        await _api.Rig.IndexAsync();
        _api.Rig.Tables.Table(DeadLetterIndex.TableName).Drop();

        Assert.Equal(expected, DeadLetterApi.Numbers(await _api.ListAsync(query)));
        Assert.Equal(expected.Length, (await _api.CountAsync(query)).Json.GetProperty("matching").GetInt32());
        Assert.Equal(
            expected.Length,
            (await _api.GroupsAsync(query)).Json.GetProperty("items").EnumerateArray()
                .Sum(group => group.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task The_reason_that_is_shown_of_a_letter_is_the_longest_that_can_be_asked_for()
    {
        _api.PutDelivery(1, reason: new string('r', 4096));

        var shown = (await _api.ListAsync()).Json.GetProperty("items")[0].GetProperty("reason").GetString()!;
        var found = await _api.ListAsync($"reason={shown}");
        var tooLong = await _api.ListAsync($"reason={shown}r");

        Assert.Equal(["1"], DeadLetterApi.Numbers(found));
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.Status);
        Assert.Contains("1 to 128 characters", tooLong.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("queue=nope", "queue")]
    [InlineData("subscription=x", "subscription")]
    [InlineData("event=visitor.left", "event")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-04-15T09:32:00", "to")]
    [InlineData("from=2026-04-15T09:32:00Z&to=2026-04-15T09:32:00Z", "to")]
    [InlineData("reason=", "reason")]
    [InlineData("lastStatus=99", "lastStatus")]
    [InlineData("lastStatus=x", "lastStatus")]
    [InlineData("lastErrorClass=oops", "lastErrorClass")]
    [InlineData("deliveryId=1", "deliveryId")]
    public async Task What_is_wrong_with_a_query_is_named_and_nothing_is_counted_by_mistake(
        string query, string parameter)
    {
        foreach (var answer in new[]
        {
            await _api.ListAsync(query), await _api.CountAsync(query), await _api.GroupsAsync(query),
        })
        {
            Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
            Assert.Equal([parameter], answer.Pointers);
        }
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repetition()
    {
        for (var i = 1; i <= 7; i++)
        {
            _api.PutDelivery(i).PutDelivery(100 + i, delivery => delivery with { Tenant = "globex" });
        }

        var seen = new List<string>();
        var cursor = "";
        var pages = 0;
        do
        {
            var page = await _api.ListAsync($"limit=3{cursor}");
            seen.AddRange(DeadLetterApi.Numbers(page));
            cursor = page.Json.GetProperty("nextCursor").GetString() is { } next ? $"&cursor={next}" : null;
            pages++;
        }
        while (cursor is not null);

        Assert.Equal(["13", "11", "9", "7", "5", "3", "1"], seen);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task A_cursor_of_another_list_is_refused()
    {
        _api.PutDelivery(1).PutDelivery(2);
        var cursor = (await _api.ListAsync("limit=1")).Json.GetProperty("nextCursor").GetString();

        Assert.Equal(HttpStatusCode.OK, (await _api.ListAsync($"cursor={cursor}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ListAsync($"cursor={cursor}", "globex")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ListAsync($"cursor={cursor}&reason=x")).Status);
    }

    [Theory]
    [InlineData("cursor=x", "cursor")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101&cursor=x", "limit", "cursor")]
    [InlineData("limit=101&queue=nope", "queue", "limit")]
    public async Task What_is_wrong_with_a_page_is_named(string query, params string[] parameters)
    {
        var answer = await _api.ListAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(parameters, answer.Pointers);
    }

    [Fact]
    public async Task A_list_and_a_count_ask_nothing_of_the_queue_whatever_lies_there()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _api.DeadDeliveries.Put(DeadLetterApi.Poison("{}", "globex"), Some.Time);
        }

        _api.PutDelivery();
        await _api.Rig.IndexAsync();
        var calls = _api.DeadDeliveries.Calls.Count;
        await _api.Rig.IndexAsync();
        var indexing = _api.DeadDeliveries.Calls.Count - calls;

        Assert.Equal(["1001"], DeadLetterApi.Numbers(await _api.ListAsync()));
        Assert.Equal(1, (await _api.CountAsync()).Json.GetProperty("matching").GetInt32());

        Assert.Equal(3 * indexing, _api.DeadDeliveries.Calls.Count - calls);
    }

    [Fact]
    public async Task It_is_said_up_to_when_the_list_has_all()
    {
        var page = await _api.ListAsync();

        Assert.Equal(_api.Rig.Time.GetUtcNow(), page.Json.GetProperty("indexedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task One_is_shown_with_every_attempt_on_record()
    {
        await _api.Attempts.AddAsync(Some.Record(attempt: 1));
        await _api.Attempts.AddAsync(Some.Record(AttemptOutcome.DeadLettered, attempt: 10));
        _api.DeadDeliveries.Put(
            DeliveryMessageWriter.Write(Some.Delivery() with { Attempt = 10 }, Some.Time), Some.Time,
            "AttemptsExhausted");

        var shown = (await _api.GetAsync("deliveries", "1")).Json;

        Assert.Equal(Some.DeliveryId, shown.GetProperty("letter").GetProperty("deliveryId").GetString());
        Assert.Equal(2, shown.GetProperty("delivery").GetProperty("runs")[0].GetProperty("attempts").GetArrayLength());
    }

    [Fact]
    public async Task An_event_that_is_none_is_shown_as_far_as_it_can_be_read()
    {
        _api.PutEvent("no json").PutEvent(Some.Body.ToString(), tenant: "not a tenant!").PutEvent("{}", tenant: null);

        var mine = (await _api.ListAsync("queue=visitor-events")).Json.GetProperty("items");
        var theirs = (await _api.ListAsync("queue=visitor-events", "default")).Json.GetProperty("items");
        var shown = (await _api.GetAsync("visitor-events", "1")).Json;

        Assert.Equal(("evt_poison", null), (Text(mine[0], "eventId"), Text(mine[0], "event")));
        // What names no tenant, or none that can be, is the default tenant's.
        Assert.Equal(["3", "2"], theirs.EnumerateArray().Select(item => Text(item, "sequenceNumber")));
        Assert.Equal("visitor.pre_registered", Text(theirs[1], "event"));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("delivery").ValueKind);
    }

    [Fact]
    public async Task A_delivery_that_this_version_cannot_read_is_shown_as_far_as_it_can_be()
    {
        _api.DeadDeliveries.Put(
            new ServiceBusMessage("?")
            {
                ApplicationProperties =
                { ["version"] = 99, ["tenant"] = "acme", ["subscription"] = "sub_x", ["run"] = "one" }
            }, Some.Time,
                "InvalidDelivery");

        var item = Assert.Single((await _api.ListAsync()).Json.GetProperty("items").EnumerateArray());

        Assert.Equal(("sub_x", JsonValueKind.Null), (Text(item, "subscriptionId"), item.GetProperty("run").ValueKind));
    }

    [Fact]
    public async Task No_path_of_a_tenant_reads_another_tenants_letters()
    {
        _api.PutDelivery(1, delivery => delivery with { Tenant = "globex" }).PutEvent("x", "globex");

        Assert.Empty(DeadLetterApi.Numbers(await _api.ListAsync()));
        Assert.Empty(DeadLetterApi.Numbers(await _api.ListAsync("queue=visitor-events")));
        Assert.Equal(0, (await _api.CountAsync()).Json.GetProperty("matching").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync("deliveries", "1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync("visitor-events", "1")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ListAsync(tenant: JobTenant.System)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.CountAsync(tenant: JobTenant.System)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync("deliveries", "1", JobTenant.System)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _api.GetAsync("deliveries", "1", "globex")).Status);
    }

    [Theory]
    [InlineData("nope", "1")]
    [InlineData("deliveries", "x")]
    [InlineData("deliveries", "-1")]
    [InlineData("deliveries", "2")]
    public async Task What_is_not_there_is_not_found(string queue, string number)
    {
        _api.PutDelivery();

        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync(queue, number)).Status);
    }

    static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
