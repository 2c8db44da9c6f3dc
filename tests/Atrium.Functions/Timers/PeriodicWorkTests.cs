using Atrium.Functions.Timers;

namespace Atrium.Functions.Tests.Timers;

public sealed class PeriodicWorkTests
{
    static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("09:30:00", "09:30:10", false)]
    [InlineData("09:30:00", "09:30:59.999", false)]
    [InlineData("09:30:00", "09:31:00", true)]
    [InlineData("09:30:50", "09:31:00", true)]
    [InlineData("09:30:00", "09:47:20", true)]
    [InlineData("09:30:00", "09:29:50", true)]
    public void It_is_due_once_in_each_period_however_late_the_last_time_was(string begun, string now, bool isDue) =>
        Assert.Equal(isDue, PeriodicWork.IsDue(At(begun), At(now), OneMinute));

    [Fact]
    public void What_has_never_begun_is_due() => Assert.True(PeriodicWork.IsDue(null, At("09:30:10"), OneMinute));

    [Fact]
    public void What_has_no_period_is_due_at_each_tick() =>
        Assert.True(PeriodicWork.IsDue(At("09:30:10"), At("09:30:10"), TimeSpan.Zero));

    [Fact]
    public void Of_two_runs_at_once_one_begins_it()
    {
        var work = new PeriodicWork("work", OneMinute, _ => Task.CompletedTask);
        Assert.Equal(1, Enumerable.Range(0, 64).AsParallel().Count(_ => work.TryBegin(At("09:30:00"))));
    }

    static DateTimeOffset At(string time) =>
        DateTimeOffset.Parse($"2026-04-15T{time}Z", System.Globalization.CultureInfo.InvariantCulture);
}
