using System.Net;
using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.DeadLetters;

public sealed class GroupTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task What_failed_alike_is_one_group_with_its_first_and_last()
    {
        _api.PutDelivery(1, at: Some.Time.AddMinutes(1), lastStatus: 404, lastErrorClass: "http")
            .PutDelivery(2, at: Some.Time.AddMinutes(2), lastErrorClass: "timeout")
            .PutDelivery(3, at: Some.Time.AddMinutes(3), lastStatus: 404, lastErrorClass: "http")
            .PutDelivery(
                4, delivery => delivery with { EventType = "visitor.checked_out" }, at: Some.Time.AddMinutes(4),
                lastStatus: 404, lastErrorClass: "http")
            .PutDelivery(5, at: Some.Time.AddMinutes(5), reason: "TTLExpiredException")
            .PutDelivery(6, delivery => delivery with { Tenant = "globex" });

        var answer = (await _api.GroupsAsync()).Json;

        var groups = answer.GetProperty("items").EnumerateArray().Select(group => (
            Text(group, "queue"), Text(group, "subscriptionId"), Text(group, "reason"),
            group.GetProperty("lastStatus").ToString(), Text(group, "lastErrorClass"), Text(group, "event"),
            group.GetProperty("count").GetInt32(), Minute(group, "oldest"), Minute(group, "newest")));
        const string Failed = DeadLetterReason.AttemptsExhausted;
        const string Subscription = Some.SubscriptionId;
        Assert.Equal(
            [
                ("deliveries", Subscription, "TTLExpiredException", "", null, "visitor.pre_registered", 1, 5, 5),
                ("deliveries", Subscription, Failed, "404", "http", "visitor.checked_out", 1, 4, 4),
                ("deliveries", Subscription, Failed, "404", "http", "visitor.pre_registered", 2, 1, 3),
                ("deliveries", Subscription, Failed, "", "timeout", "visitor.pre_registered", 1, 2, 2),
            ],
            groups);
        Assert.True(answer.GetProperty("complete").GetBoolean());
        Assert.Equal(_api.Rig.Time.GetUtcNow(), answer.GetProperty("indexedAt").GetDateTimeOffset());
    }

    [Theory]
    // By the clock of another instance, and by the broker's.
    [InlineData(3, -60)]
    [InlineData(0, 3)]
    public async Task Up_to_the_time_that_groups_name_all_that_they_count_is_counted_and_not_before(
        int listedAfterSeconds, int failedAfterSeconds)
    {
        var now = _api.Rig.Time.GetUtcNow();
        _api.PutDelivery(1, at: now.AddMinutes(-5));
        await _api.Rig.IndexAsync();
        _api.PutDelivery(2, at: now.AddSeconds(failedAfterSeconds));
        _api.Rig.Time.Set(TimeSpan.FromSeconds(listedAfterSeconds));
        await _api.Rig.IndexAsync();
        _api.Rig.Time.Set(-TimeSpan.FromSeconds(listedAfterSeconds));

        var to = (await _api.GroupsAsync()).Json.GetProperty("countedTo").GetDateTimeOffset();

        Assert.Equal((2, 1), (await CountAsync(to), await CountAsync(to.AddTicks(-1))));

        async Task<int> CountAsync(DateTimeOffset until) =>
            (await _api.CountAsync($"to={Uri.EscapeDataString(until.ToString("O"))}"))
            .Json.GetProperty("matching").GetInt32();
    }

    [Fact]
    public async Task Groups_of_nothing_name_no_time_up_to_which_they_count() => Assert.Equal(
        JsonValueKind.Null, (await _api.GroupsAsync()).Json.GetProperty("countedTo").ValueKind);

    [Fact]
    public async Task Events_that_are_none_have_a_group_without_a_subscription()
    {
        _api.PutEvent("no json").PutEvent("none either", id: "evt_2");

        var group = Assert.Single(
            (await _api.GroupsAsync("queue=visitor-events")).Json.GetProperty("items").EnumerateArray());

        Assert.Equal(
            ("visitor-events", null, DeadLetterReason.InvalidEvent, null, 2),
            (Text(group, "queue"), Text(group, "subscriptionId"), Text(group, "reason"), Text(group, "event"),
                group.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task A_notices_group_can_be_asked_for_by_what_it_shows()
    {
        _api.PutDelivery(1, delivery => delivery with { EventType = NoticeEvent.Failing }).PutDelivery(2);

        var groups = (await _api.GroupsAsync("event=webhook.failing")).Json.GetProperty("items").EnumerateArray();
        Assert.Equal("webhook.failing", Text(Assert.Single(groups), "event"));
        Assert.Equal(
            HttpStatusCode.Accepted, (await _api.DiscardAsync(new { @event = "webhook.failing" })).Status);
    }

    [Fact]
    public async Task One_letter_is_a_range_of_one()
    {
        _api.PutDelivery(1).PutDelivery(2).PutDelivery(3);
        await _api.Rig.IndexAsync();

        Assert.Equal(1, await _api.Rig.Get<DeadLetterIndex>().CountAsync(
            Some.Tenant, DeadLetterFilter.One(2).RangeOf(JobSource.DeliveriesDeadLetters), default));
    }

    [Fact]
    public async Task Of_more_than_are_looked_at_the_newest_are_grouped_and_the_answer_says_so()
    {
        var letters = Enumerable.Range(0, DeadLetterIndex.MostLookedAt + 1).Select(number => new DeadLetter
        {
            Queue = Queues.Deliveries,
            SequenceNumber = $"{number + 1}",
            Tenant = Some.Tenant,
            Reason = number == 0 ? "Oldest" : "Newer",
            Description = null,
            FailedAt = Some.Time.AddSeconds(number),
            Size = 1,
        }).ToList();
        await _api.Rig.IndexAsync();
        await _api.Rig.Get<DeadLetterIndex>().AddAsync(
            Functions.Jobs.JobSource.DeliveriesDeadLetters, letters, Some.Time, default);

        var answer = (await _api.GroupsAsync()).Json;

        var group = Assert.Single(answer.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ("Newer", DeadLetterIndex.MostLookedAt), (Text(group, "reason"), group.GetProperty("count").GetInt32()));
        Assert.False(answer.GetProperty("complete").GetBoolean());
        // Nor is so much counted for a job.
        var job = await _api.ReplayAsync(new { all = true });
        Assert.Equal(JsonValueKind.Null, Expected(job).ValueKind);
    }

    [Fact]
    public async Task A_job_takes_what_a_group_shows_and_knows_from_its_start_how_many_that_are()
    {
        _api.PutDelivery(1, lastStatus: 404, lastErrorClass: "http")
            .PutDelivery(2, lastErrorClass: "timeout")
            .PutDelivery(3, lastStatus: 404, lastErrorClass: "http");

        var asked = await _api.ReplayAsync(new { lastStatus = 404, lastErrorClass = "http" });
        _api.PutDelivery(4, lastStatus: 404, lastErrorClass: "http", at: _api.Rig.Time.GetUtcNow());
        var job = await _api.EndAsync(asked);
        var discarded = await _api.EndAsync(await _api.DiscardAsync(new { deliveryId = $"msg_{2:x32}" }));

        Assert.Equal(2, Expected(asked).GetInt32());
        Assert.Equal((2, 2), (job.Counts.Expected, job.Counts.Taken));
        Assert.Equal((1, 1), (discarded.Counts.Expected, discarded.Counts.Taken));
        Assert.Equal(404, asked.Json.GetProperty("filter").GetProperty("lastStatus").GetInt32());
        Assert.Equal(["4"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Theory]
    [InlineData("subscriptionId")]
    [InlineData("reason")]
    [InlineData("event")]
    [InlineData("lastStatus")]
    [InlineData("lastErrorClass")]
    public async Task A_filter_takes_what_lacks_a_property_and_leaves_what_has_it(string part)
    {
        await IndexAsync(1, letter => letter);
        await IndexAsync(2, Without(part));

        var counted = await _api.CountAsync($"without={part}");
        var grouped = await _api.GroupsAsync($"without={part}");
        var listed = await _api.ListAsync($"without={part}");
        var job = await _api.DiscardAsync(new { without = new[] { part } });

        Assert.Equal(1, counted.Json.GetProperty("matching").GetInt32());
        Assert.Equal(
            JsonValueKind.Null,
            Assert.Single(grouped.Json.GetProperty("items").EnumerateArray()).GetProperty(part).ValueKind);
        Assert.Equal(["2"], DeadLetterApi.Numbers(listed));
        Assert.Equal(1, Expected(job).GetInt32());
        Assert.Equal(part, job.Json.GetProperty("filter").GetProperty("without")[0].GetString());
    }

    [Fact]
    public async Task A_job_takes_of_a_group_without_a_status_no_more_than_it_counted()
    {
        _api.PutDelivery(1, lastStatus: 500, lastErrorClass: "http")
            .PutDelivery(2, lastErrorClass: "http")
            .PutDelivery(3, lastStatus: 500, lastErrorClass: "http");

        var job = await _api.EndAsync(
            await _api.DiscardAsync("""{"lastErrorClass":"http","without":["lastStatus"]}"""));

        Assert.Equal((1, 1), (job.Counts.Expected, job.Counts.Taken));
        Assert.Equal(["3", "1"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task Nobody_can_tell_before_how_much_an_erasure_finds_and_of_one_letter_it_is_one()
    {
        _api.PutDelivery();

        var erasure = await _api.EraseAsync(new { email = "jane.smith@example.com" });
        var one = await _api.ReplayOneAsync("deliveries", 1);

        Assert.Equal(JsonValueKind.Null, Expected(erasure).ValueKind);
        Assert.Equal(1, Expected(one).GetInt32());
    }

    [Theory]
    [InlineData("""{"lastStatus":99}""", "/lastStatus")]
    [InlineData("""{"lastStatus":"404"}""", "/lastStatus")]
    [InlineData("""{"lastErrorClass":"oops"}""", "/lastErrorClass")]
    [InlineData("""{"deliveryId":"1"}""", "/deliveryId")]
    [InlineData("""{"lastStatus":404,"all":true}""", "/all")]
    [InlineData("""{"without":["deliveryId"]}""", "/without")]
    [InlineData("""{"without":[null]}""", "/without")]
    [InlineData("""{"without":[]}""", "/all")]
    [InlineData("""{"without":["lastStatus"],"lastStatus":404}""", "/without")]
    [InlineData("""{"without":["lastStatus"],"all":true}""", "/all")]
    public async Task What_is_wrong_with_a_filter_of_a_job_is_named(string filter, string field) =>
        Assert.Equal([field], (await _api.DiscardAsync(filter)).Pointers);

    [Fact]
    public async Task A_replayed_letter_keeps_nothing_of_its_last_answer()
    {
        _api.PutDelivery(1, lastStatus: 404, lastErrorClass: "http");
        await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.DoesNotContain(
            Assert.Single(_api.Deliveries.Sent).ApplicationProperties.Keys,
            name => name.StartsWith("last", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_who_sets_what_no_status_can_be_sets_nothing()
    {
        _api.PutDelivery(1, lastStatus: 1_000, lastErrorClass: "two\nlines");

        var letter = (await _api.ListAsync()).Json.GetProperty("items")[0];

        Assert.Equal(
            (JsonValueKind.Null, null), (letter.GetProperty("lastStatus").ValueKind, Text(letter, "lastErrorClass")));
    }

    [Fact]
    public async Task A_delivery_that_failed_for_good_names_its_dead_letter_until_that_is_gone()
    {
        await _api.Attempts.AddAsync(Some.Record(attempt: 9));
        await _api.Attempts.AddAsync(Some.Record(AttemptOutcome.DeadLettered, attempt: 10));
        _api.PutDelivery(1).PutDelivery(2, of => of with { DeliveryId = Some.DeliveryId });

        var shown = (await _api.DeliveryAsync()).Json.GetProperty("deadLetter");
        Assert.Equal(("deliveries", "2"), (Text(shown, "queue"), Text(shown, "sequenceNumber")));
        var details = (await _api.GetAsync("deliveries", "2")).Json;
        Assert.Equal("2", Text(details.GetProperty("delivery").GetProperty("deadLetter"), "sequenceNumber"));

        await _api.EndAsync(await _api.ReplayOneAsync("deliveries", 2));
        Assert.Equal(
            JsonValueKind.Null, (await _api.DeliveryAsync()).Json.GetProperty("deadLetter").ValueKind);
    }

    [Fact]
    public async Task One_that_the_broker_dead_lettered_from_where_it_was_parked_is_named_as_well()
    {
        await _api.Attempts.AddAsync(Some.Record(attempt: 1));
        _api.DeadParked.Put(
            DeliveryMessageWriter.Write(Some.Delivery() with { Attempt = 2 }, Some.Time), Some.Time.AddMinutes(2),
            "MaxDeliveryCountExceeded");

        var shown = (await _api.DeliveryAsync()).Json.GetProperty("deadLetter");

        Assert.Equal(("parked", "1"), (Text(shown, "queue"), Text(shown, "sequenceNumber")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task For_a_delivery_that_goes_on_or_is_over_no_dead_letter_is_looked_for(bool isDelivered)
    {
        await _api.Attempts.AddAsync(isDelivered
            ? Some.Record(AttemptOutcome.Delivered)
            : Some.Record() with { NextAttemptAt = _api.Rig.Time.GetUtcNow().AddSeconds(1) });
        _api.PutDelivery(1, of => of with { DeliveryId = Some.DeliveryId });

        Assert.Equal(
            JsonValueKind.Null, (await _api.DeliveryAsync()).Json.GetProperty("deadLetter").ValueKind);
    }

    static Func<DeadLetter, DeadLetter> Without(string part) => letter => part switch
    {
        "subscriptionId" => letter with { SubscriptionId = null },
        "reason" => letter with { Reason = null },
        "event" => letter with { Event = null },
        "lastStatus" => letter with { LastStatus = null },
        _ => letter with { LastErrorClass = null },
    };

    async Task IndexAsync(int number, Func<DeadLetter, DeadLetter> change)
    {
        var letter = new DeadLetter
        {
            Queue = Queues.Deliveries,
            SequenceNumber = $"{number}",
            Tenant = Some.Tenant,
            SubscriptionId = Some.SubscriptionId,
            Reason = DeadLetterReason.AttemptsExhausted,
            Event = "visitor.checked_in",
            LastStatus = 500,
            LastErrorClass = "http",
            Description = null,
            FailedAt = Some.Time.AddSeconds(number),
            Size = 1,
        };
        await _api.Rig.IndexAsync();
        await _api.Rig.Get<DeadLetterIndex>().AddAsync(
            Functions.Jobs.JobSource.DeliveriesDeadLetters, [change(letter)], Some.Time, default);
    }

    static JsonElement Expected(HttpAnswer job) => job.Json.GetProperty("counts").GetProperty("expected");

    static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    static int Minute(JsonElement group, string name) =>
        (int)(group.GetProperty(name).GetDateTimeOffset() - Some.Time).TotalMinutes;
}
