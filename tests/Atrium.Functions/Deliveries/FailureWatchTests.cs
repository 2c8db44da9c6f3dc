using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>What a tenant is told of a subscription that fails, and when.</summary>
public sealed class FailureWatchTests : IAsyncLifetime
{
    static readonly DateTimeOffset Begun = Some.Time + SubscriptionCache.KeptFor;

    DeliveryRig _rig = null!;

    public async Task InitializeAsync()
    {
        _rig = await DeliveryRig.StartAsync();
        await _rig.SubscribeAsync(Some.Subscription() with { Name = "CRM" });
        await NotifyAsync(NoticeEvent.Names);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task The_first_dead_letter_is_told_before_it_is_settled_and_the_next_ones_are_not()
    {
        await FailAsync("evt_1");
        await FailAsync("evt_2");

        var notice = Assert.Single(Notices());
        Assert.Equal(
            (NoticeEvent.Failing, SubscriptionId.Notices, 1, 1),
            (notice.EventType, notice.SubscriptionId, notice.Run, notice.Attempt));
        Assert.Equal(
            [$"send {notice.MessageId}", $"dead-letter {Some.DeliveryIdOf("evt_1")}:1:10.0"],
            _rig.Journal.Entries.Where(entry => entry.StartsWith("send", StringComparison.Ordinal)
                || entry.Contains("evt_1", StringComparison.Ordinal)
                || entry.Contains(Some.DeliveryIdOf("evt_1"), StringComparison.Ordinal)).Take(2));
    }

    [Fact]
    public async Task A_notice_says_which_webhook_since_when_and_why_and_no_more_of_its_url_than_the_origin()
    {
        await FailAsync("evt_1");

        var body = JsonDocument.Parse(Assert.Single(Notices()).Body).RootElement;
        var (webhook, delivery) = (body.GetProperty("webhook"), body.GetProperty("delivery"));
        Assert.Equal("webhook.failing", body.GetProperty("event").GetString());
        Assert.Equal(Begun, body.GetProperty("timestamp").GetDateTimeOffset());
        Assert.Equal(Begun, body.GetProperty("failing_since").GetDateTimeOffset());
        Assert.Equal(
            (Some.SubscriptionId, "CRM", new Uri(_rig.Receiver.Url).GetLeftPart(UriPartial.Authority)),
            (webhook.GetProperty("id").GetString(), webhook.GetProperty("name").GetString(),
                webhook.GetProperty("origin").GetString()));
        Assert.Equal(
            (Some.DeliveryIdOf("evt_1"), "visitor.pre_registered"),
            (delivery.GetProperty("id").GetString(), delivery.GetProperty("event").GetString()));
        Assert.Contains("All 10 attempts failed", delivery.GetProperty("explanation").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_success_after_it_is_told_and_the_next_ones_are_not_and_then_it_begins_anew()
    {
        await FailAsync("evt_1");
        await SucceedAsync("evt_2");
        await SucceedAsync("evt_3");
        await FailAsync("evt_4");

        var notices = Notices();
        Assert.Equal(
            [NoticeEvent.Failing, NoticeEvent.Recovered, NoticeEvent.Failing],
            notices.Select(notice => notice.EventType));
        Assert.Equal(3, notices.Select(notice => notice.DeliveryId).Distinct().Count());
        var recovered = JsonDocument.Parse(notices[1].Body).RootElement;
        Assert.Equal(Begun, recovered.GetProperty("failing_since").GetDateTimeOffset());
        Assert.Equal(
            Some.DeliveryIdOf("evt_2"), recovered.GetProperty("delivery").GetProperty("id").GetString());
        Assert.False(recovered.GetProperty("delivery").TryGetProperty("explanation", out _));
    }

    [Fact]
    public async Task A_success_of_a_subscription_that_works_touches_no_row_of_it()
    {
        var before = _rig.Journal.Entries.Count;
        await SucceedAsync("evt_1");

        Assert.DoesNotContain(
            _rig.Journal.Entries.Skip(before),
            entry => entry.StartsWith($"{SubscriptionStore.TableName}: update", StringComparison.Ordinal));
        Assert.Empty(Notices());
    }

    [Fact]
    public async Task A_dead_letter_that_comes_again_after_a_crash_is_told_again_by_the_same_id()
    {
        await FailAsync("evt_1");
        await FailAsync("evt_1", deliveryCount: 2);

        Assert.Equal(2, Notices().Count);
        Assert.Single(Notices().Select(notice => notice.MessageId).Distinct());
    }

    [Fact]
    public async Task A_dead_letter_that_comes_again_after_the_webhook_has_worked_again_is_not_told_anew()
    {
        await FailAsync("evt_1");
        await SucceedAsync("evt_2");
        await FailAsync("evt_1", deliveryCount: 2);

        Assert.Equal(
            [NoticeEvent.Failing, NoticeEvent.Recovered], Notices().Select(notice => notice.EventType));
        Assert.Null((await _rig.SubscriptionAsync()).Failing);
        await FailAsync("evt_3");
        Assert.Equal(NoticeEvent.Failing, Notices()[^1].EventType);
    }

    [Fact]
    public async Task Of_two_dead_letters_at_once_one_is_told()
    {
        _rig.Receiver.AnswerWith(503);
        await Task.WhenAll(_rig.RunAsync(Last("evt_1")), _rig.RunAsync(Last("evt_2")));

        Assert.Single(Notices());
    }

    [Fact]
    public async Task A_change_by_an_admin_at_the_same_moment_is_kept_and_the_dead_letter_is_told_all_the_same()
    {
        var isFirst = true;
        _rig.Tables.Before = async call =>
        {
            if (call == "update" && isFirst)
            {
                isFirst = false;
                var found = await _rig.SubscriptionAsync();
                Assert.NotNull(
                    await _rig.Get<SubscriptionStore>().ReplaceAsync(found with { Name = "renamed" }, default));
            }
        };
        await FailAsync("evt_1");

        var subscription = await _rig.SubscriptionAsync();
        Assert.False(isFirst);
        Assert.Equal(("renamed", Begun), (subscription.Name, subscription.Failing?.Since));
        Assert.Single(Notices());
    }

    [Fact]
    public async Task A_notice_that_fails_for_good_makes_none()
    {
        await FailAsync("evt_1");
        var notice = Assert.Single(Notices());

        await _rig.RunAsync(notice with { Attempt = RetrySchedule.MaxAttempts });

        Assert.Single(Notices());
        Assert.Contains($"dead-letter {notice.DeliveryId}:1:10.0", _rig.Journal.Entries[^1],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notice_is_a_delivery_of_the_contract_that_goes_to_the_url_for_notices()
    {
        await FailAsync("evt_1");
        _rig.Receiver.AnswerWith(204);
        var before = _rig.Receiver.Requests.Count;

        await _rig.RunAsync(Assert.Single(Notices()));

        var request = Assert.Single(_rig.Receiver.Requests.Skip(before));
        Assert.Equal(Assert.Single(Notices()).DeliveryId, request.Headers["webhook-id"]);
        Assert.Equal(Assert.Single(Notices()).Body.ToArray(), request.Body);
    }

    [Fact]
    public async Task Nothing_is_told_or_remembered_while_notices_are_switched_off_or_not_set()
    {
        await NotifyAsync([]);
        await FailAsync("evt_1");
        Assert.Null((await _rig.SubscriptionAsync()).Failing);

        await _rig.Get<SubscriptionStore>().RemoveAsync(Some.Tenant, SubscriptionId.Notices, default);
        await FailAsync("evt_2");
        Assert.Null((await _rig.SubscriptionAsync()).Failing);
        Assert.Empty(Notices());
    }

    [Fact]
    public async Task A_dead_letter_that_cannot_be_told_is_put_back_and_told_and_settled_when_it_comes_again()
    {
        _rig.Tables.Before = call => call == "update" ? throw Outages.Unavailable() : Task.CompletedTask;
        await FailAsync("evt_1");
        Assert.DoesNotContain(_rig.Journal.Entries, entry => entry.StartsWith("dead-letter", StringComparison.Ordinal));
        var putBack = _rig.Scheduled();

        _rig.Tables.Before = _ => Task.CompletedTask;
        var requests = _rig.Receiver.Requests.Count;
        await _rig.RunAsync(putBack);

        Assert.Equal(requests, _rig.Receiver.Requests.Count);
        Assert.Equal(NoticeEvent.Failing, Assert.Single(Notices()).EventType);
        Assert.StartsWith("dead-letter", _rig.Journal.Entries[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("update")]
    public async Task A_success_that_an_outage_kept_from_being_recorded_or_told_is_told_when_it_comes_again(string call)
    {
        await FailAsync("evt_1");
        _rig.Tables.Before = made => made == call ? throw Outages.Unavailable() : Task.CompletedTask;
        await SucceedAsync("evt_2");
        Assert.NotNull((await _rig.SubscriptionAsync()).Failing);
        _rig.Tables.Before = _ => Task.CompletedTask;
        var requests = _rig.Receiver.Requests.Count;

        await _rig.RunAsync(DeliveryRig.Read(_rig.Queue.Sent[^1]));

        Assert.Equal(requests, _rig.Receiver.Requests.Count);
        Assert.Null((await _rig.SubscriptionAsync()).Failing);
        Assert.Single(Notices().Where(notice => notice.EventType == NoticeEvent.Recovered)
            .Select(notice => notice.MessageId).Distinct());
    }

    [Fact]
    public async Task An_old_success_that_comes_again_says_nothing_of_a_webhook_that_has_failed_since()
    {
        await SucceedAsync("evt_1");
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await FailAsync("evt_2");

        await _rig.RunAsync(
            Some.Delivery() with { EventId = "evt_1", DeliveryId = Some.DeliveryIdOf("evt_1") }, deliveryCount: 2);

        Assert.NotNull((await _rig.SubscriptionAsync()).Failing);
        Assert.Equal(NoticeEvent.Failing, Assert.Single(Notices()).EventType);
    }

    [Fact]
    public async Task A_recovery_is_not_told_where_the_failing_was_never_told_and_begins_anew_all_the_same()
    {
        await FailAsync("evt_1");
        await NotifyAsync(NoticeEvent.Names, _rig.Time.GetUtcNow().AddSeconds(1));
        await SucceedAsync("evt_2");

        Assert.Equal([NoticeEvent.Failing], Notices().Select(notice => notice.EventType));
        Assert.Null((await _rig.SubscriptionAsync()).Failing);
        await FailAsync("evt_3");
        Assert.Equal([NoticeEvent.Failing, NoticeEvent.Failing], Notices().Select(notice => notice.EventType));
    }

    [Fact]
    public async Task Notices_that_are_set_anew_are_told_of_what_fails_already_and_then_of_its_recovery()
    {
        await FailAsync("evt_1");
        await NotifyAsync(NoticeEvent.Names, _rig.Time.GetUtcNow().AddSeconds(1));
        await FailAsync("evt_2");
        await SucceedAsync("evt_3");

        Assert.Equal(
            [NoticeEvent.Failing, NoticeEvent.Failing, NoticeEvent.Recovered],
            Notices().Select(notice => notice.EventType));
    }

    async Task NotifyAsync(IReadOnlyList<string> events, DateTimeOffset? since = null)
    {
        var store = _rig.Get<SubscriptionStore>();
        await store.RemoveAsync(Some.Tenant, SubscriptionId.Notices, default);
        await store.AddAsync(
            Some.Subscription() with
            {
                Id = SubscriptionId.Notices,
                Url = _rig.Receiver.Url,
                Events = events,
                CreatedAt = since ?? Some.Time,
            },
            default);
        _rig.Time.Advance(SubscriptionCache.KeptFor);
    }

    IReadOnlyList<DeliveryMessage> Notices() =>
    [
        .. _rig.Queue.Sent.Select(DeliveryRig.Read).Where(sent => sent.SubscriptionId == SubscriptionId.Notices),
    ];

    async Task FailAsync(string eventId, int deliveryCount = 1)
    {
        _rig.Receiver.AnswerWith(503);
        await _rig.RunAsync(Last(eventId), deliveryCount);
        _rig.Time.Advance(SubscriptionCache.KeptFor);
    }

    async Task SucceedAsync(string eventId)
    {
        _rig.Receiver.AnswerWith(204);
        await _rig.RunAsync(Some.Delivery() with { EventId = eventId, DeliveryId = Some.DeliveryIdOf(eventId) });
        _rig.Time.Advance(SubscriptionCache.KeptFor);
    }

    static DeliveryMessage Last(string eventId) => Some.Delivery() with
    {
        EventId = eventId,
        DeliveryId = Some.DeliveryIdOf(eventId),
        Attempt = RetrySchedule.MaxAttempts,
    };
}
