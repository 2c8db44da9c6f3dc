using Atrium.Functions.Deliveries;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>While a subscription is paused its deliveries are parked, and nothing counts.</summary>
public sealed class DeliverFunctionParkingTests : IAsyncLifetime
{
    DeliveryRig _rig = null!;

    public async Task InitializeAsync() => _rig = await DeliveryRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task A_paused_subscriptions_delivery_is_parked_first_and_completed_second()
    {
        await _rig.PauseAsync();
        await _rig.RunAsync(Some.Delivery());
        Assert.Equal(
            [$"send {Some.DeliveryId}:1:1.1", $"complete {Some.DeliveryId}:1:1.0"], _rig.Journal.Entries.TakeLast(2));
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Empty(_rig.Queue.Sent);
        Assert.Empty(await _rig.AttemptsAsync());
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 3, 0)]
    [InlineData(2, 10, 4)]
    public async Task What_is_parked_is_the_same_attempt_of_the_same_run(int run, int attempt, int putBack)
    {
        await _rig.PauseAsync();
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        var due = Some.Delivery() with { Run = run, Attempt = attempt, PutBack = putBack };
        await _rig.RunAsync(due);
        var waiting = _rig.Waiting();
        Assert.Equal(due with { PutBack = putBack + 1, Body = waiting.Body }, waiting);
        Assert.Equal(due.Body.ToArray(), waiting.Body.ToArray());
    }

    [Fact]
    public async Task What_is_parked_neither_expires_nor_waits()
    {
        await _rig.PauseAsync();
        await _rig.RunAsync(Some.Delivery());
        var message = Assert.Single(_rig.Parked.Sent);
        Assert.Equal(TimeSpan.MaxValue, message.TimeToLive);
        Assert.Equal(default, message.ScheduledEnqueueTime);
    }

    [Fact]
    public async Task A_pause_reaches_deliveries_when_the_cache_has_forgotten_that_it_was_not()
    {
        await _rig.RunAsync(Some.Delivery());
        await _rig.PauseAsync();
        await _rig.RunAsync(Some.Delivery() with { DeliveryId = Other(1) });
        Assert.Equal(2, _rig.Receiver.Requests.Count);
        _rig.Time.Advance(SubscriptionCache.KeptFor);
        await _rig.RunAsync(Some.Delivery() with { DeliveryId = Other(2) });
        Assert.Equal(2, _rig.Receiver.Requests.Count);
        Assert.Equal($"{Other(2)}:1:1.1", Assert.Single(_rig.Parked.Sent).MessageId);
    }

    [Fact]
    public async Task A_resume_reaches_deliveries_at_once_whatever_the_cache_has()
    {
        await _rig.PauseAsync();
        await _rig.RunAsync(Some.Delivery());
        await _rig.ResumeAsync();
        await _rig.RunAsync(Some.Delivery() with { DeliveryId = Other(1) });
        Assert.Single(_rig.Receiver.Requests);
        Assert.Single(_rig.Parked.Sent);
    }

    [Fact]
    public async Task A_subscription_deleted_while_the_cache_has_it_paused_ends_its_deliveries()
    {
        await _rig.PauseAsync();
        await _rig.RunAsync(Some.Delivery());
        await _rig.UnsubscribeAsync();
        await _rig.RunAsync(Some.Delivery(), deliveryCount: 2);
        Assert.Equal(AttemptOutcome.SubscriptionDeleted, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Single(_rig.Parked.Sent);
    }

    [Fact]
    public async Task An_outcome_that_could_not_be_recorded_is_recorded_and_not_parked()
    {
        await _rig.PauseAsync();
        await _rig.RunAsync(Some.Delivery() with { PutBack = 1, Unrecorded = Some.Record(AttemptOutcome.Delivered) });
        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Empty(_rig.Parked.Sent);
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task An_attempt_already_recorded_is_settled_and_not_parked()
    {
        await _rig.Attempts.AddAsync(Some.Record(attempt: 2));
        await _rig.PauseAsync();
        await _rig.RunAsync(Some.Delivery() with { Attempt = 2 });
        Assert.Equal(3, _rig.Scheduled().Attempt);
        Assert.Empty(_rig.Parked.Sent);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task A_failure_between_parking_and_completing_parks_a_duplicate_that_the_broker_drops(string fault)
    {
        await _rig.PauseAsync();
        _rig.Actions.Fault = SettlementFaults.Of(fault);
        await _rig.RunAsync(Some.Delivery());
        _rig.Actions.Fault = null;
        await _rig.RunAsync(Some.Delivery(), deliveryCount: 2);
        Assert.Equal(2, _rig.Parked.Sent.Count);
        Assert.Single(_rig.Parked.Sent.Select(message => message.MessageId).Distinct());
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task While_service_bus_does_not_take_what_is_to_be_parked_the_delivery_waits_within_its_lock()
    {
        await _rig.PauseAsync();
        var busy = new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy);
        _rig.Parked.FailWith(busy, busy);
        var run = _rig.RunAsync(Some.Delivery());
        await _rig.Time.SkipAllAsync(run);
        await run;
        Assert.Equal(3, _rig.Parked.Tries);
        Assert.Single(_rig.Parked.Sent);
        Assert.Single(_rig.Actions.Completed);
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound)]
    [InlineData(ServiceBusFailureReason.MessagingEntityDisabled)]
    [InlineData(ServiceBusFailureReason.QuotaExceeded)]
    public async Task What_the_queue_of_parked_deliveries_does_not_take_waits_uncounted(ServiceBusFailureReason reason)
    {
        await _rig.PauseAsync();
        _rig.Parked.FailWith(new ServiceBusException("No", reason));
        await _rig.RunAsync(Some.Delivery());
        Assert.Equal((1, 1), (_rig.Scheduled().Attempt, _rig.Scheduled().PutBack));
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task What_service_bus_refuses_to_park_as_a_message_stays_where_it_is()
    {
        await _rig.PauseAsync();
        _rig.Parked.FailWith(new ServiceBusException("No", ServiceBusFailureReason.MessageSizeExceeded));
        await Assert.ThrowsAsync<ServiceBusException>(() => _rig.RunAsync(Some.Delivery()));
        Assert.Equal(0, _rig.Actions.Tries);
    }

    [Fact]
    public async Task Tables_that_fail_when_the_pause_is_read_afresh_put_the_message_back()
    {
        await _rig.PauseAsync();
        await _rig.RunAsync(Some.Delivery());
        _rig.Tables.Outage = Outages.Unavailable;
        await _rig.RunAsync(Some.Delivery() with { DeliveryId = Other(1) });
        Assert.Equal($"{Other(1)}:1:1.1", Assert.Single(_rig.Queue.Sent).MessageId);
        Assert.Single(_rig.Parked.Sent);
    }

    [Theory]
    [InlineData(410)]
    [InlineData(500)]
    public async Task However_often_a_receiver_fails_its_subscription_is_not_paused(int status)
    {
        _rig.Receiver.AnswerWith(status);
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            for (var attempt = 1; attempt <= RetrySchedule.MaxAttempts; attempt++)
            {
                await _rig.RunAsync(Some.Delivery() with { DeliveryId = Other(delivery), Attempt = attempt });
            }
        }

        Assert.Equal(3 * RetrySchedule.MaxAttempts, _rig.Receiver.Requests.Count);
        Assert.Null((await _rig.SubscriptionAsync()).PausedAt);
        Assert.Empty(_rig.Parked.Sent);
    }

    static string Other(int number) => DeliveryId.Of(Some.Tenant, $"evt_{number}", Some.SubscriptionId);
}
