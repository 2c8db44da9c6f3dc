using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>What fails on our side costs the receiver no request and the delivery no attempt.</summary>
public sealed class DeliverFunctionOutageTests : IAsyncLifetime
{
    DeliveryRig _rig = null!;

    public async Task InitializeAsync() => _rig = await DeliveryRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Tables_that_fail_before_the_attempt_put_the_message_back_uncounted()
    {
        _rig.Tables.Outage = Outages.Unavailable;
        var due = (Some.Delivery() with { Attempt = 3 }).WithPutBack(PutBackReason.Dependency);
        await _rig.RunAsync(due);
        Assert.Empty(_rig.Receiver.Requests);
        var back = _rig.Scheduled();
        Assert.Equal(due with { PutBack = 2, PutBacksInARow = 2, Body = back.Body }, back);
        var sent = _rig.Queue.Sent.Single();
        Assert.Equal(
            (Some.Time.AddSeconds(10), Lifetime.Whole - TimeSpan.FromSeconds(10)),
            (sent.ScheduledEnqueueTime, sent.TimeToLive));
        Assert.Equal(
            [$"send {Some.DeliveryId}:1:3.2", $"complete {Some.DeliveryId}:1:3.1"], _rig.Journal.Entries.TakeLast(2));
    }

    [Fact]
    public async Task A_delivery_outlives_a_table_of_subscriptions_that_is_gone_and_comes_back()
    {
        var subscription = await _rig.SubscriptionAsync();
        var table = _rig.Tables.Table(SubscriptionStore.TableName);
        table.Drop();
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(await _rig.AttemptsAsync());
        var back = _rig.Scheduled();

        await table.CreateIfNotExistsAsync();
        await _rig.Get<SubscriptionStore>().AddAsync(subscription, default);
        await _rig.RunAsync(back);
        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(await _rig.AttemptsAsync()).Outcome);
    }

    [Fact]
    public async Task Tables_that_fail_while_recording_put_the_message_back_with_the_outcome()
    {
        _rig.Tables.Before = call => call == "transaction" ? throw Outages.Unavailable() : Task.CompletedTask;
        await _rig.RunAsync(Some.Delivery());
        var back = _rig.Scheduled();
        Assert.Equal((1, 1), (back.Attempt, back.PutBack));
        Assert.Equal(AttemptOutcome.Delivered, back.Unrecorded!.Outcome);
        Assert.Single(_rig.Actions.Completed);
    }

    [Theory]
    [InlineData(200, nameof(AttemptOutcome.Delivered))]
    [InlineData(500, nameof(AttemptOutcome.Retrying))]
    public async Task A_receiver_that_has_answered_is_not_called_again_when_the_message_comes_back(
        int status, string outcome)
    {
        _rig.Receiver.AnswerWith(status);
        _rig.Tables.Before = call => call == "transaction" ? throw Outages.Unavailable() : Task.CompletedTask;
        await _rig.RunAsync(Some.Delivery());
        _rig.Tables.Before = _ => Task.CompletedTask;
        await _rig.RunAsync(Some.Received(_rig.Queue.Sent.Single()));
        Assert.Single(_rig.Receiver.Requests);
        Assert.Equal(outcome, Assert.Single(await _rig.AttemptsAsync()).Outcome.ToString());
        Assert.Equal(status == 200 ? 1 : 2, _rig.Queue.Sent.Count);
        Assert.Equal(2, _rig.Actions.Completed.Count);
    }

    [Fact]
    public async Task An_outcome_travels_on_through_any_number_of_outages()
    {
        _rig.Tables.Before = call => call == "transaction" ? throw Outages.Unavailable() : Task.CompletedTask;
        await _rig.RunAsync(Some.Delivery());
        _rig.Tables.Outage = Outages.Unavailable;
        for (var time = 1; time <= 5; time++)
        {
            await _rig.RunAsync(Some.Received(_rig.Queue.Sent[^1]));
        }

        (_rig.Tables.Outage, _rig.Tables.Before) = (null, _ => Task.CompletedTask);
        await _rig.RunAsync(Some.Received(_rig.Queue.Sent[^1]));
        Assert.Single(_rig.Receiver.Requests);
        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Equal(6, _rig.Queue.Sent.Select(message => message.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task A_vault_that_fails_puts_the_message_back_and_nothing_goes_out_unsigned()
    {
        await _rig.SubscribeAsync(new SecretReference("webhook-x", "v1"));
        _rig.Vault.Outage = Outages.Unavailable;
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Equal((1, 1), (_rig.Scheduled().Attempt, _rig.Scheduled().PutBack));
    }

    [Fact]
    public async Task A_secret_that_the_vault_has_lost_is_no_reason_to_send_unsigned()
    {
        await _rig.SubscribeAsync(new SecretReference("webhook-x", "v1"));
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Equal(1, _rig.Scheduled().PutBack);
    }

    [Fact]
    public async Task A_secret_that_somebody_spoiled_in_the_vault_is_no_reason_to_send_unsigned()
    {
        _rig.Vault.Put("webhook-x", "v1", "not a secret");
        await _rig.SubscribeAsync(new SecretReference("webhook-x", "v1"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _rig.RunAsync(Some.Delivery()));
        Assert.Empty(_rig.Receiver.Requests);
    }

    [Fact]
    public async Task Waits_double_while_the_outage_lasts()
    {
        _rig.Tables.Outage = Outages.Unavailable;
        await _rig.RunAsync(Some.Delivery().WithPutBack(PutBackReason.Dependency));
        for (var time = 2; time <= 6; time++)
        {
            await _rig.RunAsync(Some.Received(_rig.Queue.Sent[^1]));
        }

        Assert.Equal(
            [10, 20, 40, 60, 60, 60],
            _rig.Queue.Sent.Select(message => (message.ScheduledEnqueueTime - Some.Time).TotalSeconds));
    }

    [Fact]
    public async Task A_secret_that_is_missing_concerns_one_subscription_so_what_needs_it_waits_ever_longer()
    {
        await _rig.SubscribeAsync(new SecretReference("webhook-x", "v1"));
        await _rig.RunAsync(Some.Delivery());
        for (var time = 1; time <= 10; time++)
        {
            await _rig.RunAsync(Some.Received(_rig.Queue.Sent[^1]));
        }

        Assert.Equal(
            [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800],
            _rig.Queue.Sent.Select(message => (message.ScheduledEnqueueTime - Some.Time).TotalSeconds));
    }

    [Fact]
    public async Task What_waited_long_for_one_reason_waits_briefly_for_another()
    {
        var waitedForTables = Enumerable.Repeat(PutBackReason.Dependency, 60)
            .Aggregate(Some.Delivery(), (message, reason) => message.WithPutBack(reason));
        await _rig.PauseAsync();
        _rig.Parked.FailWith(new ServiceBusException("full", ServiceBusFailureReason.QuotaExceeded));
        await _rig.RunAsync(waitedForTables);
        await _rig.SubscribeAsync(new SecretReference("webhook-x", "v1"));
        await _rig.RunAsync(Some.Received(_rig.Queue.Sent[^1]));

        Assert.Equal(
            [5, 5], _rig.Queue.Sent.Select(message => (message.ScheduledEnqueueTime - Some.Time).TotalSeconds));
        Assert.Equal(
            [PutBackReason.ParkedFull, PutBackReason.SecretMissing],
            _rig.Queue.Sent.Select(message => message.ApplicationProperties[DeliveryProperties.PutBackReason]));
    }

    [Fact]
    public async Task A_bug_reaches_the_host_and_is_not_put_back()
    {
        _rig.Tables.Outage = () => new InvalidOperationException("A bug.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => _rig.RunAsync(Some.Delivery() with { Attempt = 2 }));
        Assert.Empty(_rig.Queue.Sent);
        Assert.Equal(0, _rig.Actions.Tries);
    }

    [Fact]
    public async Task The_hosts_stopping_is_not_put_back()
    {
        var stopped = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _rig.RunAsync(Some.Delivery(), stopping: stopped));
        Assert.Empty(_rig.Queue.Sent);
        Assert.Equal(0, _rig.Actions.Tries);
    }

    [Fact]
    public async Task Throttling_by_service_bus_is_waited_out_within_the_lock()
    {
        _rig.Receiver.AnswerWith(500);
        var busy = new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy);
        _rig.Queue.FailWith(busy, busy, busy);
        var run = _rig.RunAsync(Some.Delivery());
        await _rig.Time.SkipAllAsync(run);
        await run;
        Assert.Equal(4, _rig.Queue.Tries);
        Assert.Equal(2, _rig.Scheduled().Attempt);
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task What_is_put_back_waits_from_when_service_bus_takes_it_so_that_an_original_comes_first()
    {
        _rig.Tables.Outage = Outages.Unavailable;
        var busy = new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy);
        _rig.Queue.FailWith(busy, busy, busy, busy);
        DateTimeOffset? taken = null;
        _rig.Queue.Forward = _ => taken = _rig.Time.GetUtcNow();
        var run = _rig.RunAsync(Some.Delivery());
        await _rig.Time.SkipAllAsync(run);
        await run;
        Assert.True(taken > Some.Time + PutBackSchedule.First);
        Assert.Equal(taken + PutBackSchedule.First, _rig.Queue.Sent.Single().ScheduledEnqueueTime);
    }

    [Fact]
    public async Task A_next_attempt_that_service_bus_does_not_take_leaves_the_message_unsettled()
    {
        _rig.Receiver.AnswerWith(500);
        _rig.Queue.FailWith(new ServiceBusException("Gone", ServiceBusFailureReason.MessagingEntityNotFound));
        await Assert.ThrowsAsync<ServiceBusException>(() => _rig.RunAsync(Some.Delivery()));
        Assert.Equal(0, _rig.Actions.Tries);
        await _rig.RunAsync(Some.Delivery(), deliveryCount: 2);
        Assert.Single(_rig.Receiver.Requests);
        Assert.Equal(2, _rig.Scheduled().Attempt);
    }

    [Fact]
    public async Task A_table_that_refuses_a_record_for_good_is_not_tried_for_ever()
    {
        _rig.Tables.Before = call =>
            call == "transaction" ? throw new RequestFailedException(400, "InvalidInput") : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => _rig.RunAsync(Some.Delivery()));
        Assert.Empty(_rig.Queue.Sent);
    }
}
