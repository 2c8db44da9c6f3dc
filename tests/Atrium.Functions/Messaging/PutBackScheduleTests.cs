using Atrium.Functions.Messaging;
using CsCheck;

namespace Atrium.Functions.Tests.Messaging;

public sealed class PutBackScheduleTests
{
    static readonly Func<int, double, TimeSpan>[] Schedules =
        [PutBackSchedule.AfterOutage, PutBackSchedule.WhileItLasts];

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(1, 10, 10)]
    [InlineData(2, 20, 20)]
    [InlineData(3, 40, 40)]
    [InlineData(4, 60, 80)]
    [InlineData(5, 60, 160)]
    [InlineData(8, 60, 1280)]
    [InlineData(9, 60, 1800)]
    [InlineData(int.MaxValue, 60, 1800)]
    public void Each_wait_doubles_up_to_its_longest(int putBacks, int afterOutage, int whileItLasts) => Assert.Equal(
        [afterOutage, whileItLasts], Schedules.Select(wait => wait(putBacks, 0).TotalSeconds));

    [Fact]
    public void Jitter_takes_off_a_quarter_at_most() =>
        Gen.Select(Gen.Int[0, 100], Gen.Double[0, 1]).Sample((putBacks, jitter) =>
        Assert.All(
            Schedules, wait => Assert.InRange(wait(putBacks, jitter), wait(putBacks, 0) * 0.75, wait(putBacks, 0))));

    [Fact]
    public void At_a_busy_endpoint_it_takes_off_a_tenth_at_most() =>
        Gen.Double[0, 1].Sample(jitter => Assert.InRange(
            PutBackSchedule.AtBusyEndpoint(TimeSpan.FromSeconds(28), jitter), TimeSpan.FromSeconds(25.2),
            TimeSpan.FromSeconds(28)));
}
