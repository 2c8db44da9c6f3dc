using Atrium.Functions.Deliveries;
using CsCheck;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class PutBackScheduleTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(3, 40)]
    [InlineData(4, 60)]
    [InlineData(5, 60)]
    [InlineData(1000, 60)]
    [InlineData(int.MaxValue, 60)]
    public void Doubles_from_five_seconds_to_a_minute(int putBacks, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), PutBackSchedule.Wait(putBacks, jitter: 0));

    [Fact]
    public void Jitter_takes_off_up_to_a_quarter() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Double[0, 0.999]).Sample((putBacks, jitter) =>
            Assert.InRange(PutBackSchedule.Wait(putBacks, jitter), PutBackSchedule.Wait(putBacks, 0) * 0.75, PutBackSchedule.Wait(putBacks, 0)));
}
