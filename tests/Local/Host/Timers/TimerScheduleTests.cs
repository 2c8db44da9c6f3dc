using System.Globalization;
using Atrium.Local.Host.Timers;

namespace Atrium.Local.Host.Tests.Timers;

public sealed class TimerScheduleTests
{
    [Theory]
    [InlineData("0 */5 * * * *", "2026-04-15T09:31:00Z", "2026-04-15T09:35:00Z")]
    [InlineData("*/10 * * * * *", "2026-04-15T09:31:00Z", "2026-04-15T09:31:10Z")]
    [InlineData("0 30 3 * * MON", "2026-04-15T09:31:00Z", "2026-04-20T03:30:00Z")]
    [InlineData("30 4 * * *", "2026-04-15T09:31:00Z", "2026-04-16T04:30:00Z")]
    [InlineData("0 0 0 29 2 *", "2026-04-15T09:31:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("00:00:30", "2026-04-15T09:31:07Z", "2026-04-15T09:31:37Z")]
    public void Says_when_it_is_due_next(string schedule, string after, string due) =>
        Assert.Equal(At(due), TimerSchedule.Parse(schedule)!.NextAfter(At(after)));

    [Theory]
    [InlineData("")]
    [InlineData("* * *")]
    [InlineData("0 61 * * * *")]
    [InlineData("00:00:00")]
    [InlineData("-00:01:00")]
    [InlineData("tomorrow")]
    public void What_is_no_schedule_is_none(string text) => Assert.Null(TimerSchedule.Parse(text));

    [Theory]
    [InlineData("0 0 0 31 6 *")]
    [InlineData("10000000.00:00:00")]
    public void Knows_a_date_that_never_comes(string schedule) =>
        Assert.False(TimerSchedule.Parse(schedule)!.IsEverDue(At("2026-04-15T09:31:00Z")));

    [Theory]
    [InlineData("*/30 * * * * *", true)]
    [InlineData("00:00:59", true)]
    [InlineData("0 * * * * *", false)]
    [InlineData("00:01:00", false)]
    public void Knows_what_is_due_more_than_once_a_minute(string schedule, bool isFrequent) =>
        Assert.Equal(isFrequent, TimerSchedule.Parse(schedule)!.IsFrequent(At("2026-04-15T09:31:07Z")));

    static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
