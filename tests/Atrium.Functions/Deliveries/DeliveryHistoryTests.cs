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
    public void Rows_of_an_earlier_publication_of_the_event_do_not_speak_for_this_one_but_its_success_does()
    {
        var now = Some.Time.AddHours(1.1);
        var later = Message with { AcceptedAt = now, RunStartedAt = now };
        AttemptRecord[] rows =
        [
            Some.Record(run: 2, attempt: 3), Some.Record(AttemptOutcome.DeadLettered, run: 2, attempt: 10),
            Some.Record(run: 3, attempt: 1),
        ];

        Assert.IsType<DeliveryHistory.NotAttempted>(DeliveryHistory.Of(later, rows));
        Assert.IsType<DeliveryHistory.Over>(
            DeliveryHistory.Of(later, [.. rows, Some.Record(AttemptOutcome.Delivered, run: 4, attempt: 1)]));
        var own = Some.Record(run: 4, attempt: 3) with { RunStartedAt = now };
        Assert.Equal(new DeliveryHistory.Recorded(own), DeliveryHistory.Of(later, [.. rows, own]));
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
