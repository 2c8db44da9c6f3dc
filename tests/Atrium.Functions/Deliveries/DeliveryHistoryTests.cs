using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliveryHistoryTests
{
    static readonly DeliveryMessage Message =
        Some.Delivery() with { Run = 2, Attempt = 3, RunStartedAt = Some.Record(run: 2).RunStartedAt };

    [Fact]
    public void Without_rows_the_attempt_is_still_to_be_made() => Assert.IsType<DeliveryHistory.NotAttempted>(Of());

    [Fact]
    public void Earlier_attempts_and_runs_do_not_speak_for_this_one() => Assert.IsType<DeliveryHistory.NotAttempted>(Of(
        Some.Record(run: 1, attempt: 3), Some.Record(AttemptOutcome.DeadLettered, run: 1, attempt: 10),
        Some.Record(run: 2, attempt: 1), Some.Record(run: 2, attempt: 2)));

    [Theory]
    [InlineData(nameof(AttemptOutcome.Retrying))]
    [InlineData(nameof(AttemptOutcome.DeadLettered))]
    [InlineData(nameof(AttemptOutcome.SubscriptionDeleted))]
    public void An_attempt_that_is_recorded_is_found(string outcome)
    {
        var recorded = Some.Record(Enum.Parse<AttemptOutcome>(outcome), run: 2, attempt: 3);
        Assert.Equal(new DeliveryHistory.Recorded(recorded), Of(Some.Record(run: 2, attempt: 2), recorded));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 1)]
    public void A_success_in_any_run_ends_the_delivery(int run, int attempt) =>
        Assert.IsType<DeliveryHistory.Over>(
            Of(Some.Record(run: 2, attempt: 3), Some.Record(AttemptOutcome.Delivered, run, attempt)));

    [Fact]
    public void A_newer_run_takes_over() => Assert.IsType<DeliveryHistory.Over>(Of(Some.Record(run: 3, attempt: 1)));

    [Fact]
    public void A_later_attempt_of_the_run_shows_that_this_one_was_settled() =>
        Assert.IsType<DeliveryHistory.Over>(Of(
            Some.Record(run: 2, attempt: 3), Some.Record(AttemptOutcome.DeadLettered, run: 2, attempt: 10)));

    [Fact]
    public void Rows_of_an_earlier_publication_of_the_event_do_not_speak_for_this_one_and_its_success_does_not()
    {
        var now = Some.Time.AddHours(1.1);
        var later = Message with { AcceptedAt = now, RunStartedAt = now };
        AttemptRecord[] rows =
        [
            Some.Record(run: 2, attempt: 3), Some.Record(AttemptOutcome.DeadLettered, run: 2, attempt: 10),
            Some.Record(run: 3, attempt: 1), Some.Record(AttemptOutcome.Delivered, run: 4, attempt: 1),
        ];

        Assert.IsType<DeliveryHistory.NotAttempted>(DeliveryHistory.Of(later, rows));
        var own = Some.Record(run: 4, attempt: 3) with { RunStartedAt = now };
        Assert.Equal(new DeliveryHistory.Recorded(own), DeliveryHistory.Of(later, [.. rows, own]));
    }

    [Theory]
    // The first publication, an hour before; some of its runs were long, or asked for by a person.
    [InlineData(-60, -60, false)]
    [InlineData(-60, -1, false)]
    [InlineData(-5, -1, false)]
    // It was on its way when the event was published again, and the receiver has it since.
    [InlineData(-60, 0, true)]
    [InlineData(-60, 5, true)]
    // This one, by a clock that is right, ahead or behind. Of its first run both clocks are the broker's.
    [InlineData(0, 0, true)]
    [InlineData(0, 2, true)]
    [InlineData(0, -2, true)]
    [InlineData(30, 31, true)]
    public void A_success_speaks_for_a_publication_that_was_accepted_before_it(
        int runBegan, int attemptBegan, bool speaks)
    {
        var accepted = Some.Time.AddDays(1);
        var message = Some.Delivery() with { AcceptedAt = accepted, RunStartedAt = accepted, Run = 8, Attempt = 2 };
        var success = Some.Record(AttemptOutcome.Delivered, run: 7) with
        {
            RunStartedAt = accepted.AddMinutes(runBegan),
            StartedAt = accepted.AddMinutes(attemptBegan),
        };

        Assert.Equal(
            speaks ? new DeliveryHistory.Over(success.StartedAt) : new DeliveryHistory.NotAttempted(),
            DeliveryHistory.Of(message, [success]));
    }

    [Fact]
    public void What_is_put_back_parked_or_sent_again_by_a_person_is_over_when_it_was_delivered_before()
    {
        var (first, later) = (Some.Delivery(), Some.Time.AddDays(20));
        // By a clock that is behind the broker's.
        var success = Some.Record(AttemptOutcome.Delivered) with { StartedAt = Some.Time.AddMinutes(-2) };
        DeliveryMessage[] messages =
        [
            first, first.NextAttempt(later), first.WithPutBack("dependency"), first.Moved(),
            first.Resumed(later, later), first.Replayed(later, later),
            // As the fan-out makes it of an event that is sent again, or was repaired.
            first with { LivesFrom = later, RunStartedAt = later, DueAt = later },
        ];

        Assert.All(messages, message => Assert.Equal(
            new DeliveryHistory.Over(success.StartedAt), DeliveryHistory.Of(message, [success])));
    }

    [Fact]
    public void Rows_of_a_run_that_began_earlier_do_not_speak_for_this_one_whatever_its_number()
    {
        var replayed = Message with { RunStartedAt = Some.Time.AddHours(5), Attempt = 1 };
        AttemptRecord[] rows =
        [
            Some.Record(run: 2, attempt: 1), Some.Record(AttemptOutcome.DeadLettered, run: 2, attempt: 10),
            Some.Record(AttemptOutcome.DeadLettered, run: 7, attempt: 10),
        ];

        Assert.IsType<DeliveryHistory.NotAttempted>(DeliveryHistory.Of(replayed, rows));
        var own = Some.Record(run: 8, attempt: 1) with { RunStartedAt = replayed.RunStartedAt };
        Assert.Equal(new DeliveryHistory.Recorded(own), DeliveryHistory.Of(replayed, [.. rows, own]));
    }

    static DeliveryHistory Of(params AttemptRecord[] rows) => DeliveryHistory.Of(Message, rows);
}
