using Atrium.Functions.Messaging;
using CsCheck;

namespace Atrium.Functions.Tests.Messaging;

public sealed class PutBackScheduleTests
{
    static readonly Func<int, double, TimeSpan>[] Schedules =
        [PutBackSchedule.AfterOutage, PutBackSchedule.AtBusyEndpoint, PutBackSchedule.WhileParkedIsFull];

    [Theory]
    [InlineData(0, 5, 20, 60)]
    [InlineData(1, 10, 20, 120)]
    [InlineData(2, 20, 20, 240)]
    [InlineData(3, 40, 20, 300)]
    [InlineData(4, 60, 40, 300)]
    [InlineData(5, 60, 80, 300)]
    [InlineData(6, 60, 160, 300)]
    [InlineData(7, 60, 300, 300)]
    [InlineData(int.MaxValue, 60, 300, 300)]
    public void Each_wait_doubles_up_to_its_longest(
        int putBacks, int afterOutage, int atBusyEndpoint, int whileParkedIsFull) =>
        Assert.Equal(
            [afterOutage, atBusyEndpoint, whileParkedIsFull],
            Schedules.Select(wait => wait(putBacks, 0).TotalSeconds));

    [Fact]
    public void Jitter_takes_off_a_quarter_at_most() =>
        Gen.Select(Gen.Int[0, 100], Gen.Double[0, 1]).Sample((putBacks, jitter) =>
        Assert.All(
            Schedules, wait => Assert.InRange(wait(putBacks, jitter), wait(putBacks, 0) * 0.75, wait(putBacks, 0))));
}
