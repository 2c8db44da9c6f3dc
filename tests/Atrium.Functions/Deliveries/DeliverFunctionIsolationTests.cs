using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>What becomes of a delivery for whose endpoint there is no slot.</summary>
public sealed class DeliverFunctionIsolationTests : IAsyncLifetime
{
    DeliveryRig _rig = null!;

    public async Task InitializeAsync() => _rig = await DeliveryRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task While_nothing_is_known_it_is_put_back_as_the_same_attempt_without_request_record_or_look_up()
    {
        _rig.UseEndpoint();

        await _rig.RunAsync(Some.Delivery() with { Attempt = 3 });

        var comesBack = _rig.Scheduled();
        Assert.Equal((3, 1), (comesBack.Attempt, comesBack.PutBack));
        Assert.Equal(Some.Time, comesBack.DueAt);
        Assert.Equal(
            _rig.Time.GetUtcNow() + _rig.Bounds.FirstWait,
            _rig.Queue.Sent.Single().ScheduledEnqueueTime);
        Assert.Empty(_rig.Receiver.Requests);
        Assert.DoesNotContain("query", _rig.Tables.Calls);
        Assert.Empty(await _rig.AttemptsAsync());
    }

    [Fact]
    public async Task Its_outcome_is_recorded_all_the_same_when_the_request_was_made_before()
    {
        _rig.UseEndpoint();

        await _rig.RunAsync(Some.Delivery() with { PutBack = 1, Unrecorded = Some.Record(AttemptOutcome.Delivered) });

        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Empty(_rig.Queue.Sent);
    }

    // What was late because of its endpoint is not our lateness: the alerts tell the two apart by the log. A success
    // that had its slot at once has a shorter line, which the log is billed for most.
    [Theory]
    [InlineData(200, 2, "Delivery attempted: Delivered, ", " put back 3 times, no slot 2 times,")]
    [InlineData(500, 2, "Delivery attempted: Retrying, ", " put back 3 times, no slot 2 times,")]
    [InlineData(200, 0, "Delivered: ", " put back 3;")]
    public async Task The_line_of_an_attempt_says_how_often_the_endpoint_had_no_slot_for_it(
        int status, int refusals, string begins, string said)
    {
        _rig.Receiver.AnswerWith(status);

        await _rig.RunAsync(Some.Delivery() with { PutBack = 3, SlotPutBacks = refusals });

        Assert.Contains(
            said,
            Assert.Single(_rig.Logged.Lines, line => line.StartsWith(begins, StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_the_endpoint_is_known_to_be_down_the_attempt_counts_without_a_request()
    {
        await MakeDownAsync();

        await _rig.RunAsync(Some.Delivery() with { Attempt = 4 });

        var attempt = Assert.Single(await _rig.AttemptsAsync());
        Assert.Equal(
            ("endpoint_down", AttemptOutcome.Retrying, 4), (attempt.ErrorClass, attempt.Outcome, attempt.Attempt));
        Assert.Contains("the last 2 requests", attempt.Explanation, StringComparison.Ordinal);
        Assert.Equal(
            (5, attempt.NextAttemptAt!.Value),
            (_rig.Scheduled().Attempt, _rig.Queue.Sent.Single().ScheduledEnqueueTime));
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task The_tenth_attempt_at_an_endpoint_that_is_down_is_dead_lettered()
    {
        await MakeDownAsync();

        await _rig.RunAsync(Some.Delivery() with { Attempt = RetrySchedule.MaxAttempts });

        var (_, reason, description) = Assert.Single(_rig.Actions.DeadLettered);
        Assert.Equal("AttemptsExhausted", reason);
        Assert.Contains("The endpoint is down", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delivery_that_succeeded_before_is_completed_though_the_endpoint_is_down()
    {
        await _rig.Attempts.AddAsync(Some.Record(AttemptOutcome.Delivered, attempt: 1));
        await MakeDownAsync();

        await _rig.RunAsync(Some.Delivery() with { Attempt = 2 });

        Assert.Single(_rig.Actions.Completed);
        Assert.Empty(_rig.Queue.Sent);
    }

    [Fact]
    public async Task A_new_URL_is_asked_at_once_whatever_is_known_of_the_old_one()
    {
        await MakeDownAsync();
        await using var mended = await Receiver.StartAsync();
        await _rig.SubscribeAsync(Some.Subscription(), mended.Url);
        _rig.Time.Advance(Functions.Subscriptions.SubscriptionCache.KeptFor);

        await _rig.RunAsync(Some.Delivery());

        Assert.Single(mended.Requests);
    }

    [Fact]
    public async Task An_attempt_gives_its_slot_back_whatever_comes_of_it()
    {
        _rig.Receiver.AnswerWith(500);
        for (var number = 0; number < _rig.Bounds.Most + 1; number++)
        {
            await _rig.RunAsync(
                Some.Delivery() with { DeliveryId = DeliveryId.Of(Some.Tenant, $"{number}", Some.SubscriptionId) });
        }

        Assert.Equal(_rig.Bounds.Most + 1, _rig.Receiver.Requests.Count);
    }

    [Fact]
    public async Task While_parked_is_full_it_is_put_back_at_once_and_holds_no_call()
    {
        await _rig.PauseAsync();
        _rig.Parked.FailWith(new ServiceBusException("full", ServiceBusFailureReason.QuotaExceeded));

        await _rig.RunAsync((Some.Delivery() with { Attempt = 3 }).WithPutBack(PutBackReason.ParkedFull));

        Assert.Equal(1, _rig.Parked.Tries);
        Assert.Equal((3, 2), (_rig.Scheduled().Attempt, _rig.Scheduled().PutBack));
        Assert.Equal(
            Some.Time + PutBackSchedule.WhileItLasts(1, 0), _rig.Queue.Sent.Single().ScheduledEnqueueTime);
        Assert.Single(_rig.Actions.Completed);
        Assert.DoesNotContain(_rig.Logged.Lines, line => line.Contains("is parked", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("endpoint down", false)]
    [InlineData("subscription deleted", false)]
    [InlineData("answered", true)]
    public async Task Where_the_outcome_is_not_recorded_the_log_says_whether_a_request_was_made(
        string what, bool isMade)
    {
        if (what == "endpoint down")
        {
            await MakeDownAsync();
        }
        else if (what == "subscription deleted")
        {
            await _rig.UnsubscribeAsync();
        }

        _rig.Tables.Before = call =>
            call == "transaction" ? throw Outages.NotFound("TableNotFound") : Task.CompletedTask;

        await _rig.RunAsync(Some.Delivery());

        Assert.Equal(isMade, _rig.Receiver.Requests.Count > 0);
        Assert.Equal(isMade, _rig.Scheduled().Unrecorded!.WasRequested);
        Assert.Contains(
            $"(request already made: {isMade})",
            Assert.Single(
                _rig.Logged.Lines, line => line.Contains("put back for the first time", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        var told = new OutcomeNotRecordedException(_rig.Scheduled().Unrecorded!, new IOException("It is down."));
        Assert.Contains($"(request made: {isMade})", told.Message, StringComparison.Ordinal);
    }

    async Task MakeDownAsync()
    {
        var key = new EndpointKey(Some.Tenant, Some.SubscriptionId, _rig.Receiver.Url);
        for (var failures = 0; failures < Endpoint.MinEvidence; failures++)
        {
            using var slot = Assert.IsType<EndpointAdmission.Granted>(_rig.Gate.Ask(key, mayComeAgain: true)).Slot;
            await slot.SendAsync(() =>
            {
                _rig.Time.Advance(TimeSpan.FromSeconds(10));
                return Task.FromResult(new Exchange { Error = ErrorClass.Timeout, Explanation = "It hung." });
            });
        }

        _rig.UseEndpoint();
    }

    [Fact]
    public async Task While_an_outcome_is_recorded_its_slot_is_free_again()
    {
        var recording = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Tables.Before = call =>
        {
            if (call != "transaction")
            {
                return Task.CompletedTask;
            }

            recording.TrySetResult();
            return recorded.Task;
        };
        var run = _rig.RunAsync(Some.Delivery());
        await recording.Task.Soon();

        // One quick answer adds one.
        Assert.Equal(_rig.Bounds.MostUnprovenOfEndpoint + 1, _rig.UseEndpoint().Count);
        recorded.SetResult();
        await run;
    }
}
