using Atrium.Functions.Deliveries;
using CsCheck;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class RetryScheduleTests
{
    const double AlmostOne = 1 - 1e-9;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(4, 40)]
    [InlineData(5, 80)]
    [InlineData(6, 160)]
    [InlineData(7, 300)]
    [InlineData(8, 300)]
    [InlineData(9, 300)]
    public void Waits_as_promised_to_customers(int failedAttempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetrySchedule.WaitAfter(failedAttempt, jitter: 0));

    [Theory]
    [InlineData(1, 5.5)]
    [InlineData(2, 11)]
    [InlineData(3, 22)]
    [InlineData(4, 44)]
    [InlineData(5, 88)]
    [InlineData(6, 176)]
    public void Jitter_adds_up_to_a_tenth_below_the_cap(int failedAttempt, double seconds) =>
        Assert.Equal(seconds, RetrySchedule.WaitAfter(failedAttempt, AlmostOne).TotalSeconds, tolerance: 1e-5);

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Jitter_takes_off_up_to_a_tenth_at_the_cap(int failedAttempt) =>
        Assert.Equal(270, RetrySchedule.WaitAfter(failedAttempt, AlmostOne).TotalSeconds, tolerance: 1e-5);

    [Theory]
    [InlineData(1, 4, 5)]
    [InlineData(1, 0, 5)]
    [InlineData(1, 120, 120)]
    [InlineData(4, 41, 41)]
    [InlineData(6, 159, 160)]
    [InlineData(6, 299, 299)]
    [InlineData(6, 300, 300)]
    [InlineData(6, 86400, 300)]
    [InlineData(9, 1, 300)]
    [InlineData(9, 301, 300)]
    public void Retry_after_lengthens_a_wait_up_to_the_cap_and_never_shortens_it(
        int failedAttempt, int retryAfter, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            RetrySchedule.WaitAfter(failedAttempt, jitter: 0, TimeSpan.FromSeconds(retryAfter)));

    [Fact]
    public void Jitter_on_a_long_retry_after_does_not_go_beyond_the_cap() =>
        Assert.Equal(RetrySchedule.Cap, RetrySchedule.WaitAfter(1, AlmostOne, TimeSpan.FromSeconds(299)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10)]
    public void There_is_no_wait_after_an_attempt_outside_1_to_9(int attempt) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RetrySchedule.WaitAfter(attempt, 0));

    [Fact]
    public void A_wait_is_never_over_the_cap_and_never_under_nine_tenths_of_the_schedule() =>
        Waits.Sample((attempt, jitter, retryAfter) =>
        {
            var wait = RetrySchedule.WaitAfter(attempt, jitter, retryAfter);
            var scheduled = RetrySchedule.WaitAfter(attempt, 0);
            Assert.InRange(
                wait, scheduled < RetrySchedule.Cap ? scheduled : RetrySchedule.Cap * 0.9, RetrySchedule.Cap);
        });

    [Fact]
    public void Asking_for_a_wait_never_shortens_it() =>
        Waits.Sample((attempt, jitter, retryAfter) =>
            Assert.True(
                RetrySchedule.WaitAfter(attempt, jitter, retryAfter) >= RetrySchedule.WaitAfter(attempt, jitter)));

    [Fact]
    public void What_is_asked_for_below_the_cap_is_granted() =>
        Waits.Where((_, _, retryAfter) => retryAfter < RetrySchedule.Cap).Sample((attempt, jitter, retryAfter) =>
            Assert.True(
                RetrySchedule.WaitAfter(attempt, jitter, retryAfter) >= retryAfter
                || RetrySchedule.WaitAfter(attempt, 0) == RetrySchedule.Cap));

    [Fact]
    public void The_whole_window_is_1215_seconds_without_jitter() =>
        Assert.Equal(
            1215, Enumerable.Range(1, RetrySchedule.MaxAttempts - 1)
            .Sum(attempt => RetrySchedule.WaitAfter(attempt, 0).TotalSeconds));

    static readonly Gen<(int Attempt, double Jitter, TimeSpan RetryAfter)> Waits =
        Gen.Select(
            Gen.Int[1, 9], Gen.Double[0, AlmostOne],
            Gen.Int[0, 100_000].Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds * 10)));
}
