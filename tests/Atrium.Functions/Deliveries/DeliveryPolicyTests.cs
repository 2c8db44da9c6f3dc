using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliveryPolicyTests
{
    public static TheoryData<int> Attempts => [.. Enumerable.Range(1, RetrySchedule.MaxAttempts)];

    public static TheoryData<int?, int> FailuresAndAttempts
    {
        get
        {
            var rows = new TheoryData<int?, int>();
            foreach (var status in new int?[] { null, 199, 301, 302, 400, 401, 404, 408, 410, 429, 500, 503, 599 })
            {
                for (var attempt = 1; attempt <= RetrySchedule.MaxAttempts; attempt++)
                {
                    rows.Add(status, attempt);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public void A_2xx_completes_at_any_attempt(int attempt) => Assert.All([200, 201, 202, 204, 299], status =>
    {
        var verdict = Decide(new Exchange { Status = status, Explanation = "" }, attempt);
        Assert.Equal((AttemptOutcome.Delivered, status), (verdict.Record!.Outcome, verdict.Record.Status));
        Assert.Equal(new Settlement.Complete { DeliveredAt = verdict.Record.StartedAt }, verdict.Settlement);
    });

    [Fact]
    public void A_2xx_whose_body_hung_is_a_success() =>
        Assert.Equal(
            AttemptOutcome.Delivered,
            Decide(new Exchange { Status = 200, Error = ErrorClass.Body, Explanation = "" }, 1).Record!.Outcome);

    [Theory]
    [MemberData(nameof(FailuresAndAttempts))]
    public void Anything_else_is_tried_again_nine_times_then_dead_lettered(int? status, int attempt)
    {
        var verdict = Decide(new Exchange { Status = status, Explanation = "why" }, attempt, jitter: 0.5);
        if (attempt < RetrySchedule.MaxAttempts)
        {
            var due = Now + RetrySchedule.WaitAfter(attempt, 0.5);
            Assert.Equal((AttemptOutcome.Retrying, due), (verdict.Record!.Outcome, verdict.Record.NextAttemptAt));
            Assert.Equal((attempt + 1, due), (NextOf(verdict).Attempt, NextOf(verdict).DueAt));
        }
        else
        {
            Assert.Equal((AttemptOutcome.DeadLettered, null), (verdict.Record!.Outcome, verdict.Record.NextAttemptAt));
            var (reason, description) = Assert.IsType<Settlement.DeadLetter>(verdict.Settlement);
            Assert.Equal(DeadLetterReason.AttemptsExhausted, reason);
            Assert.EndsWith("why", description, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public void A_deleted_subscription_ends_the_delivery_with_a_record_at_any_attempt(int attempt)
    {
        var verdict = Decide(new AttemptResult.NoSubscription(), attempt);
        Assert.Equal(new Settlement.Complete(), verdict.Settlement);
        Assert.Equal(AttemptOutcome.SubscriptionDeleted, verdict.Record!.Outcome);
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public void A_paused_subscription_parks_the_delivery_at_any_attempt(int attempt) =>
        Assert.Equal(new Verdict(null, new Settlement.Park()), Decide(new AttemptResult.Paused(), attempt));

    [Theory]
    [MemberData(nameof(Attempts))]
    public void Without_a_slot_nothing_counts_and_it_comes_again_when_there_is_likely_to_be_one(int attempt)
    {
        var message = Some.Delivery() with { Attempt = attempt, PutBack = 3, SlotPutBacks = 2 };
        var copy = message with
        {
            PutBack = 4,
            LastPutBackReason = PutBackReason.EndpointBusy,
            PutBacksInARow = 1,
            SlotPutBacks = 3,
        };
        Assert.Equal(
            new Verdict(null, new Settlement.PutBack(copy, TimeSpan.FromSeconds(7))),
            DeliveryPolicy.Decide(message, Busy(TimeSpan.FromSeconds(7)), Some.Time, Now, 0));
        Assert.Equal(
            new Verdict(null, new Settlement.PutBack(copy, FirstWait)),
            DeliveryPolicy.Decide(message, Busy(null), Some.Time, Now, 0));
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public void While_others_have_the_calls_nothing_counts_not_even_that_there_was_no_slot(int attempt)
    {
        var message = (Some.Delivery() with { Attempt = attempt, SlotPutBacks = 2 })
            .WithPutBack(PutBackReason.InstanceBusy).WithPutBack(PutBackReason.InstanceBusy);
        Assert.Equal(
            new Verdict(
                null,
                new Settlement.PutBack(message with { PutBack = 3, PutBacksInARow = 3 }, TimeSpan.FromSeconds(20))),
            DeliveryPolicy.Decide(message, InstanceBusy, Some.Time, Now, 0));
    }

    [Fact]
    public void After_an_outage_of_hours_the_wait_for_others_to_leave_a_call_begins_at_five_seconds()
    {
        var message = Some.Delivery();
        for (var minute = 0; minute < 300; minute++)
        {
            message = message.WithPutBack(PutBackReason.Dependency);
        }

        var settlement = DeliveryPolicy.Decide(message, InstanceBusy, Some.Time, Now, 0).Settlement;

        var (copy, wait) = Assert.IsType<Settlement.PutBack>(settlement);
        Assert.Equal(TimeSpan.FromSeconds(5), wait);
        Assert.Equal(
            (301, PutBackReason.InstanceBusy, 1), (copy.PutBack, copy.LastPutBackReason, copy.PutBacksInARow));
    }

    [Fact]
    public void How_often_it_was_put_back_for_an_outage_does_not_lengthen_the_wait_for_a_slot() =>
        Assert.Equal(
            FirstWait,
            Assert.IsType<Settlement.PutBack>(DeliveryPolicy.Decide(
                Some.Delivery() with { PutBack = 20 }, Busy(null), Some.Time, Now, 0).Settlement).Wait);

    [Fact]
    public void A_run_may_be_put_back_for_want_of_a_slot_five_times_over_all_its_attempts()
    {
        var message = Some.Delivery();
        for (var refusals = 0; refusals < 5; refusals++)
        {
            Assert.True(DeliveryPolicy.MayComeAgain(message));
            message = message.WithPutBack(PutBackReason.EndpointBusy).WithPutBack(PutBackReason.Dependency)
                .NextAttempt(Now);
        }

        Assert.False(DeliveryPolicy.MayComeAgain(message));
        Assert.True(DeliveryPolicy.MayComeAgain(message.Replayed(Now, Now)));
    }

    [Theory]
    [InlineData(503, 200, 50, 150)]
    [InlineData(429, 200, 199, 5)]
    [InlineData(503, null, 1, 5)]
    [InlineData(500, 200, 1, 5)]
    public void An_endpoint_that_is_down_and_asked_for_time_gets_what_is_left_of_it(
        int status, int? asked, int secondsAgo, int wait)
    {
        var last = new Exchange
        {
            Status = status,
            RetryAfter = asked is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Explanation = "",
        };
        var down = new EndpointAdmission.Down(2, TimeSpan.FromSeconds(30), Now.AddSeconds(-secondsAgo), last);

        var verdict = Decide(new AttemptResult.NotAdmitted(down), 1);

        Assert.Equal(Now.AddSeconds(wait), verdict.Record!.NextAttemptAt);
    }

    [Fact]
    public void What_was_parked_may_be_put_back_for_want_of_a_slot_anew()
    {
        var message = Some.Delivery() with { SlotPutBacks = DeliveryPolicy.MaxSlotPutBacks };
        Assert.False(DeliveryPolicy.MayComeAgain(message.Moved()));
        Assert.True(DeliveryPolicy.MayComeAgain(message.Moved().Resumed(Now, Now)));
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public void At_an_endpoint_that_is_too_slow_for_its_load_the_attempt_counts_as_failed_and_says_so(int attempt)
    {
        var verdict = Decide(
            new AttemptResult.NotAdmitted(
                new EndpointAdmission.Overloaded(8, TimeSpan.FromSeconds(14.96))),
            attempt);

        Assert.Equal(
            ("endpoint_overloaded", null, null),
            (verdict.Record!.ErrorClass, verdict.Record.Status, verdict.Record.TotalMs));
        Assert.Equal(
            "The endpoint is too slow for its load, so no request was made for this attempt: 8 under way at once are "
                + "as many as it gets, each takes some 15.0 s, and more is due than that lets through. "
                + "Answer 202 as soon as the event is stored, and do the work afterwards.",
            verdict.Record.Explanation);
        if (attempt < RetrySchedule.MaxAttempts)
        {
            Assert.Equal(Now + RetrySchedule.WaitAfter(attempt, 0), NextOf(verdict).DueAt);
        }
        else
        {
            Assert.IsType<Settlement.DeadLetter>(verdict.Settlement);
        }
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public void At_an_endpoint_that_is_down_the_attempt_counts_as_failed_and_says_by_what_evidence(int attempt)
    {
        var last =
            new Exchange
            {
                Error = ErrorClass.Timeout,
                Cause = FailureCause.AnswerTimeout,
                Explanation = "It did not answer within 15 s.",
                RetryAfter = TimeSpan.FromHours(1)
            };
        var verdict = Decide(
            new AttemptResult.NotAdmitted(
                new EndpointAdmission.Down(4, TimeSpan.FromSeconds(30), Some.Time, last)),
            attempt);

        Assert.Equal(
            ("endpoint_down", "answer_timeout", null, null),
            (verdict.Record!.ErrorClass, verdict.Record.Cause, verdict.Record.Status, verdict.Record.TotalMs));
        Assert.Equal(
            "The endpoint is down, so no request was made for this attempt: the last 4 requests, with all of the last "
                + "30 s, all failed in the same way, "
            + "the latest at 2026-04-15 09:30:00Z. Requests to it go on, two at a time, and the first that succeeds "
            + "ends this. "
            + "It did not answer within 15 s.",
            verdict.Record.Explanation);
        if (attempt < RetrySchedule.MaxAttempts)
        {
            Assert.Equal(Now + RetrySchedule.WaitAfter(attempt, 0), NextOf(verdict).DueAt);
        }
        else
        {
            Assert.IsType<Settlement.DeadLetter>(verdict.Settlement);
        }
    }

    [Theory]
    [InlineData(429, 100)]
    [InlineData(503, 100)]
    [InlineData(500, 5)]
    [InlineData(502, 5)]
    [InlineData(504, 5)]
    [InlineData(301, 5)]
    [InlineData(400, 5)]
    public void Retry_after_counts_with_429_and_503_only(int status, int seconds) => Assert.Equal(
        Now.AddSeconds(seconds),
        NextOf(
            Decide(
            new Exchange { Status = status, RetryAfter = TimeSpan.FromSeconds(100), Explanation = "" }, 1)).DueAt);

    [Fact]
    public void A_blocked_address_is_a_failure_like_any_other() =>
        Assert.Equal(2, NextOf(Decide(new Exchange { Error = ErrorClass.Blocked, Explanation = "" }, 1)).Attempt);

    [Fact]
    public void What_is_decided_is_what_the_record_is_settled_by_when_it_is_found_later()
    {
        foreach (var attempt in Enumerable.Range(1, RetrySchedule.MaxAttempts))
        {
            var message = Some.Delivery() with { Attempt = attempt };
            foreach (var result in new AttemptResult[]
            {
                new AttemptResult.NoSubscription(),
                new AttemptResult.Made(new() { Status = 200, Explanation = "" }),
                new AttemptResult.Made(new() { Status = 500, Explanation = "" }),
            })
            {
                var verdict = DeliveryPolicy.Decide(message, result, Some.Time, Now, 0.3);
                Assert.Equal(verdict.Settlement, DeliveryPolicy.SettlementOf(message, verdict.Record!));
            }
        }
    }

    [Fact]
    public void A_record_that_does_not_say_when_the_next_attempt_is_due_ends_the_run_with_a_dead_letter()
    {
        var letter = Assert.IsType<Settlement.DeadLetter>(DeliveryPolicy.SettlementOf(
            Some.Delivery(), Some.Record() with { NextAttemptAt = null }));
        Assert.Equal(
            (DeadLetterReason.InvalidDelivery,
                "The record of this attempt does not say when the next one is due. Replay the delivery."),
            (letter.Reason, letter.Description));
    }

    static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(28);
    static readonly DateTimeOffset Now = Some.Time.AddSeconds(3);

    static AttemptResult InstanceBusy => new AttemptResult.NotAdmitted(new EndpointAdmission.InstanceBusy());

    static AttemptResult.NotAdmitted Busy(TimeSpan? comeAgain) => new(new EndpointAdmission.Busy(comeAgain, FirstWait));

    static DeliveryMessage NextOf(Verdict verdict) => Assert.IsType<Settlement.Retry>(verdict.Settlement).Next;

    static Verdict Decide(Exchange exchange, int attempt, double jitter = 0) =>
        Decide(new AttemptResult.Made(exchange), attempt, jitter);

    static Verdict Decide(AttemptResult result, int attempt, double jitter = 0) =>
        DeliveryPolicy.Decide(Some.Delivery() with { Attempt = attempt }, result, Some.Time, Now, jitter);
}
