using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>What is looked up of a delivery before an attempt, and what its rows say.</summary>
public sealed class DeliverFunctionLookUpTests : IAsyncLifetime
{
    DeliveryRig _rig = null!;

    public async Task InitializeAsync() => _rig = await DeliveryRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(44, 1)]
    [InlineData(46, 0)]
    [InlineData(60 * 24 * 20, 0)]
    public async Task A_first_attempt_that_comes_when_the_broker_may_have_forgotten_an_earlier_one_is_looked_up(
        int minutesAfterAcceptance, int requests)
    {
        await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.Delivered) with { RunStartedAt = Some.Time });
        _rig.Time.Advance(TimeSpan.FromMinutes(minutesAfterAcceptance));
        var again = Some.Delivery() with { RunStartedAt = _rig.Time.GetUtcNow(), LivesFrom = _rig.Time.GetUtcNow() };

        await _rig.RunAsync(
            Some.Received(
            DeliveryMessageWriter.Write(again, _rig.Time.GetUtcNow()), enqueuedAt: _rig.Time.GetUtcNow()));

        Assert.Equal(requests, _rig.Receiver.Requests.Count);
        Assert.Single(_rig.Actions.Completed);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task An_event_that_is_published_again_after_an_hour_has_a_run_of_its_own(int status)
    {
        await _rig.Attempts.AddAsync(Some.Record());
        await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.DeadLettered, attempt: 10));
        var again = PublishedAgain();
        _rig.Receiver.AnswerWith(status);

        await _rig.RunAsync(again);

        Assert.Single(_rig.Receiver.Requests);
        Assert.Single(_rig.Actions.Completed);
        var made = Assert.Single(await _rig.AttemptsAsync(), attempt => attempt.Run == 2);
        Assert.Equal((1, status), (made.Attempt, made.Status));
        if (status == 200)
        {
            Assert.Empty(_rig.Queue.Sent);
            return;
        }

        var next = _rig.Scheduled();
        Assert.Equal((2, 2), (next.Run, next.Attempt));
        await _rig.RunAsync(next);
        Assert.Equal(2, _rig.Receiver.Requests.Count);
    }

    [Fact]
    public async Task An_event_that_is_published_again_after_its_delivery_is_sent_until_it_is_delivered_again()
    {
        await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.Delivered));
        var again = PublishedAgain();
        _rig.Receiver.AnswerWith(503);
        await _rig.RunAsync(again);
        var next = _rig.Scheduled();
        _rig.Receiver.AnswerWith(204);

        await _rig.RunAsync(next);
        await _rig.RunAsync(next, deliveryCount: 2);

        Assert.Equal(2, _rig.Receiver.Requests.Count);
        Assert.Equal(
            [(1, 1, AttemptOutcome.Delivered), (2, 1, AttemptOutcome.Retrying), (2, 2, AttemptOutcome.Delivered)],
            (await _rig.AttemptsAsync()).Select(made => (made.Run, made.Attempt, made.Outcome)).Order());
    }

    [Fact]
    public async Task An_event_that_is_published_again_after_its_delivery_is_sent_though_its_message_is_looked_up()
    {
        await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.Delivered));

        await _rig.RunAsync(PublishedAgain(), deliveryCount: 2);

        Assert.Single(_rig.Receiver.Requests);
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task What_could_not_be_recorded_of_an_event_published_again_is_recorded_later_as_that_run()
    {
        await _rig.Attempts.AddAsync(Some.Record());
        var again = PublishedAgain();
        _rig.Tables.Before = call => call == "transaction" ? throw Outages.Unavailable() : Task.CompletedTask;
        await _rig.RunAsync(again);
        _rig.Tables.Before = _ => Task.CompletedTask;

        await _rig.RunAsync(_rig.Scheduled());

        Assert.Single(_rig.Receiver.Requests);
        Assert.Equal(
            AttemptOutcome.Delivered, Assert.Single(await _rig.AttemptsAsync(), attempt => attempt.Run == 2).Outcome);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task A_replay_makes_its_attempts_though_the_event_was_published_again_and_took_its_run(int status)
    {
        var first = Some.Delivery();
        await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.DeadLettered, attempt: 10));
        var second = PublishedAgain();
        foreach (var attempt in Enumerable.Range(1, 10))
        {
            await _rig.Attempts.AddAsync(AttemptRecord.Of(
                second with { Run = 2, Attempt = attempt }, _rig.Time.GetUtcNow(), AttemptOutcome.DeadLettered));
        }

        _rig.Time.Advance(TimeSpan.FromHours(3));
        _rig.Receiver.AnswerWith(status);
        await _rig.RunAsync(first.Replayed(_rig.Time.GetUtcNow().AddMinutes(-1), _rig.Time.GetUtcNow()));

        Assert.Single(_rig.Receiver.Requests);
        var made = Assert.Single(await _rig.AttemptsAsync(), attempt => attempt.Run == 3);
        Assert.Equal((1, status), (made.Attempt, made.Status));
        if (status == 500)
        {
            await _rig.RunAsync(_rig.Scheduled());
            Assert.Equal(2, (await _rig.AttemptsAsync()).Count(attempt => attempt.Run == 3));
        }
    }

    [Fact]
    public async Task A_replay_that_is_sent_twice_is_one_run()
    {
        var asked = _rig.Time.GetUtcNow();
        _rig.Receiver.AnswerWith(500);
        await _rig.RunAsync(Some.Delivery().Replayed(asked, asked));
        _rig.Time.Advance(TimeSpan.FromHours(2));
        await _rig.RunAsync(Some.Delivery().Replayed(asked, _rig.Time.GetUtcNow()));

        Assert.Single(_rig.Receiver.Requests);
        Assert.Single(await _rig.AttemptsAsync());
    }

    [Theory]
    [InlineData(0)]
    // It waited for this process to begin.
    [InlineData(-600)]
    public async Task The_first_attempt_of_a_first_run_goes_out_without_a_look_up(int secondsQueuedBeforeTheStart)
    {
        await _rig.RunAsync(
            Some.Received(
            DeliveryMessageWriter.Write(Some.Delivery(), Some.Time),
            enqueuedAt: Some.Time.AddSeconds(secondsQueuedBeforeTheStart)));
        Assert.DoesNotContain("query", _rig.Tables.Calls);
        Assert.Single(_rig.Receiver.Requests);
    }

    [Theory]
    [InlineData(1, 1, 0, 2)]
    [InlineData(1, 2, 0, 1)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 1, 0, 1)]
    public async Task Every_other_message_is_looked_up_before_anything_is_sent(
        int run, int attempt, int putBack, int deliveryCount)
    {
        await _rig.RunAsync(Some.Delivery() with { Run = run, Attempt = attempt, PutBack = putBack }, deliveryCount);
        Assert.Contains("query", _rig.Tables.Calls);
        Assert.Single(_rig.Receiver.Requests);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task An_attempt_already_recorded_has_only_its_settlement_repeated_with_the_recorded_time(string fault)
    {
        _rig.Receiver.AnswerWith(500);
        _rig.Actions.Fault = SettlementFaults.Of(fault);
        await _rig.RunAsync(Some.Delivery());
        _rig.Time.Advance(TimeSpan.FromMinutes(2));
        _rig.Actions.Fault = null;
        await _rig.RunAsync(Some.Delivery(), deliveryCount: 2);
        Assert.Single(_rig.Receiver.Requests);
        Assert.Equal(2, _rig.Queue.Sent.Count);
        Assert.Single(_rig.Queue.Sent.Select(message => (message.MessageId, message.ScheduledEnqueueTime)).Distinct());
        Assert.Equal(Some.Time.AddSeconds(5), _rig.Queue.Sent[1].ScheduledEnqueueTime);
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task A_tenth_failure_already_recorded_is_dead_lettered_again_without_a_request()
    {
        await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.DeadLettered, attempt: 10));
        await _rig.RunAsync(Some.Delivery() with { Attempt = 10 }, deliveryCount: 2);
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Single(_rig.Actions.DeadLettered);
    }

    [Fact]
    public async Task A_delivery_that_succeeded_is_completed_without_a_request()
    {
        await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.Delivered, attempt: 1));
        await _rig.RunAsync(Some.Delivery() with { Attempt = 2 });
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Empty(_rig.Queue.Sent);
        Assert.Single(_rig.Actions.Completed);
        Assert.Single(await _rig.AttemptsAsync());
    }

    [Fact]
    public async Task A_delivery_that_a_newer_run_took_over_is_completed_without_a_request()
    {
        await _rig.Attempts.AddAsync(Some.Record(run: 2, attempt: 1));
        await _rig.RunAsync(Some.Delivery() with { Attempt = 5 });
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task A_success_that_another_holder_of_the_message_recorded_wins()
    {
        _rig.Receiver.Answer = async context =>
        {
            await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.Delivered));
            context.Response.StatusCode = 500;
        };
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(_rig.Queue.Sent);
        Assert.Single(_rig.Actions.Completed);
    }

    // After the broker has forgotten the first.
    DeliveryMessage PublishedAgain()
    {
        _rig.Time.Advance(TimeSpan.FromHours(1.1));
        var now = _rig.Time.GetUtcNow();
        return Some.Delivery() with { AcceptedAt = now, LivesFrom = now, RunStartedAt = now, DueAt = now };
    }
}
