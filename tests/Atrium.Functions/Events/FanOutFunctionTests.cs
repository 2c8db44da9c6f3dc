using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Events;

public sealed class FanOutFunctionTests : IDisposable
{
    static readonly Dictionary<string, BinaryData> NoEvents = new()
    {
        ["nothing"] = BinaryData.FromString(""),
        ["text"] = BinaryData.FromString("no json"),
        ["half an object"] = BinaryData.FromString("{"),
        ["a list"] = BinaryData.FromString("[]"),
        ["a name twice"] = Replaced("\"host\":", "\"host\":\"Ann\",\"host\":"),
        ["a time without a zone"] = SampleEvents.Changed(
            "visitor.checked_in", sample => sample["timestamp"] = "2026-04-15T10:05:00"),
        ["33 levels"] = Replaced("\"host\":", $"\"deep\":{new string('[', 31)}{new string(']', 31)},\"host\":"),
        ["a byte order mark"] = BinaryData.FromBytes([0xEF, 0xBB, 0xBF, .. SampleEvents.CheckedIn.ToArray()]),
        ["bytes that are no UTF-8"] = BinaryData.FromBytes([.. "{\"event\":\""u8, 0xC3, 0x28, .. "\"}"u8]),
        ["a byte too many"] = BinaryData.FromString(
            SampleEvents.CheckedIn.ToString().PadRight(EventReader.MaxBytes + 1)),
        ["an unknown event"] = SampleEvents.Changed(
            "visitor.checked_in", sample => sample["event"] = "visitor.unheard_of"),
        ["half a surrogate pair"] = Replaced("\"first_name\":\"", "\"first_name\":\"\\ud83d"),
    };

    const string A = "sub_aaaaaaaaaaaaaaaaaaaa";
    const string B = "sub_bbbbbbbbbbbbbbbbbbbb";
    const string C = "sub_cccccccccccccccccccc";
    const string D = "sub_dddddddddddddddddddd";

    readonly AppRig _rig = new();
    readonly RecordingSender _events;
    readonly RecordingSender _deliveries;

    public FanOutFunctionTests() =>
        (_events, _deliveries) = (_rig.Bus.Sender(Queues.VisitorEvents), _rig.Bus.Sender(Queues.Deliveries));

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string, string> WhatIsNoEvent => new()
    {
        { "nothing", "The body is empty" },
        { "text", "From line 1, byte 2 on, the body is not valid JSON" },
        { "half an object", "on, the body is not valid JSON" },
        { "a list", "An event is a JSON object; this is a list." },
        { "a name twice", "An object of the body has two fields of one name." },
        { "a time without a zone", "/timestamp: This is no time with a zone" },
        { "33 levels", "nested deeper than 32 levels" },
        { "a byte order mark",
            "The body begins with a byte order mark (EF BB BF), which JSON must not have. Send it without." },
        { "bytes that are no UTF-8", "The body is not UTF-8." },
        { "a byte too many", "The event has 196609 bytes; the limit is 196608" },
        { "an unknown event", "/event: There is no such event" },
        { "half a surrogate pair", "/visitor/first_name: This text holds half of a surrogate pair" },
    };

    [Fact]
    public async Task Each_subscription_that_takes_the_event_gets_one_delivery()
    {
        await SubscribeAsync(A, "visitor.pre_registered");
        await SubscribeAsync(B, "visitor.checked_in", "visitor.pre_registered");
        await SubscribeAsync(C, "visitor.checked_in", "visitor.checked_out");
        await SubscribeAsync(D, "*");
        await RunAsync(Some.Event());
        Assert.Equal([A, B, D], Deliveries().Select(delivery => delivery.SubscriptionId).Order(StringComparer.Ordinal));
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task A_delivery_is_the_first_attempt_of_a_first_run_due_at_once()
    {
        await SubscribeAsync(A, "*");
        await RunAsync(Some.Event());
        var delivery = Assert.Single(Deliveries());
        Assert.Equal(
            Some.Delivery() with
            {
                SubscriptionId = A,
                DeliveryId = DeliveryId.Of(Some.Tenant, Some.EventId, A),
                Body = delivery.Body
            }, delivery);
        Assert.Equal(Some.Body.ToArray(), delivery.Body.ToArray());
        Assert.Equal(default, _deliveries.Sent.Single().ScheduledEnqueueTime);
    }

    [Fact]
    public async Task A_replayed_event_makes_the_same_deliveries_with_a_lifetime_and_a_run_that_begin_anew()
    {
        await SubscribeAsync(A, "*");
        var replayedAt = Some.Time.AddDays(40);
        await RunAsync(Some.Event());
        await _rig.Get<FanOutFunction>().RunAsync(
            Some.Received(Some.Event().Replayed(replayedAt).Write(replayedAt), enqueuedAt: replayedAt), _rig.Actions,
            default);
        var (first, second) = (Deliveries().First(), Deliveries().Last());
        Assert.Equal(first.MessageId, second.MessageId);
        Assert.Equal(
            (Some.Time, replayedAt, replayedAt, replayedAt),
            (second.AcceptedAt, second.LivesFrom, second.RunStartedAt, second.DueAt));
    }

    [Fact]
    public async Task An_event_that_nobody_takes_is_completed()
    {
        await SubscribeAsync(A, "visitor.checked_out");
        await RunAsync(Some.Event());
        Assert.Empty(_deliveries.Sent);
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task Before_the_first_subscription_an_event_is_completed()
    {
        await RunAsync(Some.Event());
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task Another_tenants_subscription_gets_nothing()
    {
        await SubscribeAsync(A, "*");
        await RunAsync(Some.Event() with { Tenant = "other" });
        Assert.Empty(_deliveries.Sent);
    }

    [Fact]
    public async Task Deliveries_that_do_not_fit_into_one_batch_go_out_in_several()
    {
        for (var number = 0; number < 7; number++)
        {
            await SubscribeAsync($"sub_{number + 1:x20}", "*");
        }

        _deliveries.MostInBatch = 3;
        await RunAsync(Some.Event());
        Assert.Equal([3, 3, 1], _deliveries.Batches);
        Assert.Equal(7, Deliveries().Select(delivery => delivery.SubscriptionId).Distinct().Count());
        Assert.StartsWith("complete", _rig.Journal.Entries[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_service_bus_refuses_for_now_is_sent_again_whole()
    {
        await SubscribeAsync(A, "*");
        await SubscribeAsync(B, "*");
        _deliveries.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        var run = RunAsync(Some.Event());
        await _rig.Time.SkipAllAsync(run);
        await run;
        Assert.Equal(2, _deliveries.Sent.Count);
        Assert.Single(_rig.Actions.Completed);
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.MessagingEntityDisabled)]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound)]
    public async Task While_the_queue_of_deliveries_is_disabled_or_missing_the_event_waits_on_its_own(
        ServiceBusFailureReason reason)
    {
        await SubscribeAsync(A, "*");
        _deliveries.FailWith(new ServiceBusException("No", reason));
        await RunAsync(Some.Event());
        Assert.Equal(Some.Time.AddSeconds(5), Assert.Single(_events.Sent).ScheduledEnqueueTime);
        Assert.Single(_rig.Actions.Completed);
        Assert.Empty(_deliveries.Sent);
    }

    [Fact]
    public async Task While_it_is_full_as_well_once_patience_has_ended()
    {
        await SubscribeAsync(A, "*");
        var full = new ServiceBusException("Full", ServiceBusFailureReason.QuotaExceeded);
        _deliveries.FailWith([.. Enumerable.Repeat(full, 1000)]);
        var run = RunAsync(Some.Event());
        await _rig.Time.SkipAllAsync(run);
        await run;
        Assert.Single(_events.Sent);
        Assert.Single(_rig.Actions.Completed);
        Assert.Empty(_deliveries.Sent);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task An_event_that_could_not_be_completed_makes_deliveries_with_the_same_ids_again(string fault)
    {
        await SubscribeAsync(A, "*");
        await SubscribeAsync(B, "*");
        var message = Some.Received(Some.Event().Write(Some.Time));
        _rig.Actions.Fault = SettlementFaults.Of(fault);
        await _rig.Get<FanOutFunction>().RunAsync(message, _rig.Actions, default);
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        _rig.Actions.Fault = null;
        await _rig.Get<FanOutFunction>().RunAsync(message, _rig.Actions, default);
        Assert.Equal(4, _deliveries.Sent.Count);
        Assert.Equal(2, _deliveries.Sent.Select(sent => sent.MessageId).Distinct().Count());
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task An_outage_of_the_tables_puts_the_event_back_then_completes_it()
    {
        _rig.Tables.Outage = Outages.Unavailable;
        await RunAsync(Some.Event());
        var back = Assert.Single(_events.Sent);
        Assert.Equal(Some.Time.AddSeconds(5), back.ScheduledEnqueueTime);
        Assert.NotEqual(Some.EventId, back.MessageId);
        Assert.Equal([$"send {back.MessageId}", $"complete {Some.EventId}"], _rig.Journal.Entries);
        Assert.Empty(_deliveries.Sent);
    }

    [Fact]
    public async Task An_event_that_is_put_back_waits_from_when_service_bus_takes_it()
    {
        _rig.Tables.Outage = Outages.Unavailable;
        var busy = new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy);
        _events.FailWith(busy, busy, busy, busy);
        DateTimeOffset? taken = null;
        _events.Forward = _ => taken = _rig.Time.GetUtcNow();
        var run = RunAsync(Some.Event());
        await _rig.Time.SkipAllAsync(run);
        await run;
        Assert.True(taken > Some.Time + PutBackSchedule.First);
        Assert.Equal(taken + PutBackSchedule.First, _events.Sent.Single().ScheduledEnqueueTime);
    }

    [Fact]
    public async Task An_event_that_comes_back_makes_the_deliveries_that_it_would_have_made()
    {
        await SubscribeAsync(A, "*");
        var producers = ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: Some.Body, messageId: "from-atrium", enqueuedTime: Some.Time,
            properties: new Dictionary<string, object> { ["tenant"] = Some.Tenant });
        _rig.Tables.Outage = Outages.Unavailable;
        await _rig.Get<FanOutFunction>().RunAsync(producers, _rig.Actions, default);
        _rig.Tables.Outage = null;
        await _rig.Get<FanOutFunction>().RunAsync(Some.Received(_events.Sent.Single()), _rig.Actions, default);
        var delivery = Assert.Single(Deliveries());
        Assert.Equal(DeliveryId.Of(Some.Tenant, "from-atrium", A), delivery.DeliveryId);
        Assert.Equal(Some.Time, delivery.AcceptedAt);
    }

    [Fact]
    public async Task What_is_no_event_is_dead_lettered_at_once_with_what_is_wrong()
    {
        await RunAsync(
            Some.Event() with
            {
                Body = SampleEvents.Changed(
            "visitor.checked_in", sample => sample["visitor"]!.AsObject().Remove("email"))
            });
        Assert.Equal(
            (Some.EventId, "InvalidEvent", "/visitor/email: This field is missing."),
            Assert.Single(_rig.Actions.DeadLettered));
        Assert.Empty(_rig.Actions.Completed);
    }

    [Theory]
    [MemberData(nameof(WhatIsNoEvent))]
    public async Task Whatever_is_no_event_is_dead_lettered_at_once_with_what_is_wrong(string what, string said)
    {
        await SubscribeAsync(A, "*");
        var before = _rig.Journal.Entries.Count;
        await RunAsync(Some.Event() with { Body = NoEvents[what] });
        var (id, reason, description) = Assert.Single(_rig.Actions.DeadLettered);
        Assert.Equal((Some.EventId, "InvalidEvent"), (id, reason));
        Assert.Contains(said, description, StringComparison.Ordinal);
        Assert.Equal([$"dead-letter {Some.EventId}"], _rig.Journal.Entries.Skip(before));
    }

    [Fact]
    public async Task A_message_without_a_valid_tenant_is_dead_lettered()
    {
        await RunAsync(Some.Event() with { Tenant = "a b" });
        Assert.Equal("InvalidEvent", Assert.Single(_rig.Actions.DeadLettered).Reason);
    }

    [Fact]
    public async Task A_bug_reaches_the_host()
    {
        _rig.Tables.Outage = () => new InvalidOperationException("A bug.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Some.Event()));
        Assert.Equal(0, _rig.Actions.Tries);
        Assert.Empty(_events.Sent);
    }

    Task SubscribeAsync(string id, params string[] events) =>
        _rig.Get<SubscriptionStore>().AddAsync(Some.Subscription(id, events), default);

    Task RunAsync(EventMessage message) =>
        _rig.Get<FanOutFunction>().RunAsync(Some.Received(message.Write(Some.Time)), _rig.Actions, default);

    IEnumerable<DeliveryMessage> Deliveries() =>
        _deliveries.Sent.Select(
            message => DeliveryMessageReader.Read(Some.ReceivedLater(message)).Message!);

    static BinaryData Replaced(string old, string with) => BinaryData.FromString(
        SampleEvents.Changed("visitor.checked_in", _ => { }).ToString().Replace(old, with, StringComparison.Ordinal));
}
