using System.Globalization;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Atrium.Functions.Overview;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Overview;

public sealed class SubscriptionHistoryTests
{
    // Half past nine.
    static readonly DateTimeOffset Now = Some.Time;

    [Theory]
    // Attempts, newest first: D delivered, R to be tried again, X given up; each with its age in seconds.
    [InlineData("", "nothing_sent")]
    [InlineData("D1", "working")]
    [InlineData("D1 X2 X900", "working")]
    [InlineData("R1 D2", "retrying")]
    [InlineData("R1 R300 D400", "retrying")]
    [InlineData("R1 R300 X301", "failing")]
    [InlineData("R1 R301 D400", "failing")]
    [InlineData("R1 R2 R301", "failing")]
    [InlineData("R301", "failing")]
    [InlineData("X1 D2", "failing")]
    [InlineData("R1 X2 D3", "failing")]
    [InlineData("R1 D2 X3", "retrying")]
    [InlineData("R1 D2 R3000", "retrying")]
    public void A_state_follows_from_the_attempts_since_the_last_success(string attempts, string expected)
    {
        Assert.Equal(expected, HistoryOf(attempts).StateAt(null, Now).Name());
        Assert.Equal("paused", HistoryOf(attempts).StateAt(Now.AddDays(-1), Now).Name());
    }

    [Theory]
    [InlineData("", "D90000", "working")]
    [InlineData("", "R90000", "failing")]
    [InlineData("", "X90000", "failing")]
    [InlineData("R1", "D90000", "retrying")]
    [InlineData("R1", "X90000", "failing")]
    [InlineData("R1", "R90000", "failing")]
    [InlineData("D1", null, "working")]
    public void The_last_attempt_before_the_hours_counts_when_there_is_no_success_after_it(
        string recent, string? before, string expected)
    {
        var history = HistoryOf(recent) with { Before = before is null ? null : HistoryOf(before).Recent[0] };

        Assert.Equal(expected, history.StateAt(null, Now).Name());
    }

    [Fact]
    public void The_hours_are_full_ones_and_the_last_is_under_way()
    {
        var hours = HistoryOf("D1 D1799 D1801 R5400 R5401 X82800 R84599").HoursAt(Now);

        Assert.Equal(
            Enumerable.Range(0, 24).Select(hour => new DateTimeOffset(2026, 4, 14, 10, 0, 0, TimeSpan.Zero)
                .AddHours(hour)),
            hours.Select(hour => hour.From));
        Assert.Equal((2, 0, 0), Counts(hours[23]));
        Assert.Equal((1, 1, 0), Counts(hours[22]));
        Assert.Equal((0, 1, 0), Counts(hours[21]));
        Assert.Equal((0, 1, 1), Counts(hours[0]));
        Assert.Equal(7, hours.Sum(hour => hour.Delivered + hour.Failed + hour.GivenUp));

        static (int, int, int) Counts(OverviewHour hour) => (hour.Delivered, hour.Failed, hour.GivenUp);
    }

    [Fact]
    public void An_attempt_of_a_machine_whose_clock_is_ahead_is_of_the_hour_under_way() =>
        Assert.Equal(1, HistoryOf("D-3600").HoursAt(Now)[^1].Delivered);

    [Fact]
    public void A_delivery_waits_for_a_retry_until_its_newest_attempt_says_otherwise()
    {
        var delivered = HistoryOf("D1").Recent[0];
        var waiting = HistoryOf("R2").Recent[0] with { DeliveryId = "msg_2" };
        var history = new SubscriptionHistory(
            [delivered, waiting, waiting with { StartedAt = Now.AddSeconds(-3) }, HistoryOf("R4").Recent[0]], true);

        Assert.Equal(1, history.RetryingAt(null, Now));
    }

    [Fact]
    public void While_paused_only_a_retry_that_is_not_due_yet_waits_since_one_that_was_is_parked()
    {
        var history = new SubscriptionHistory(
            [
                HistoryOf("R1").Recent[0] with { NextAttemptAt = Now.AddSeconds(1) },
                HistoryOf("R2").Recent[0] with { DeliveryId = "msg_2", NextAttemptAt = Now },
            ], true);

        Assert.Equal((1, 2), (history.RetryingAt(Now, Now), history.RetryingAt(null, Now)));
    }

    [Fact]
    public void The_last_success_and_the_last_failure_are_told_whatever_came_after()
    {
        var history = HistoryOf("D1 R2 D3 X4");

        Assert.Equal(
            (Now.AddSeconds(-1), Now.AddSeconds(-2)),
            (history.LastDelivered?.StartedAt, history.LastFailed?.StartedAt));
        Assert.Null(HistoryOf("D1").LastFailed);
        Assert.Null(HistoryOf("R1").LastDelivered);
    }

    static SubscriptionHistory HistoryOf(string attempts) => new(
        [
            .. attempts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(attempt =>
                Some.Record(OutcomeOf(attempt[0])) with
                {
                    StartedAt = Now.AddSeconds(-int.Parse(attempt[1..], CultureInfo.InvariantCulture)),
                }),
        ], true);

    static AttemptOutcome OutcomeOf(char letter) => letter switch
    {
        'D' => AttemptOutcome.Delivered,
        'R' => AttemptOutcome.Retrying,
        _ => AttemptOutcome.DeadLettered,
    };
}
