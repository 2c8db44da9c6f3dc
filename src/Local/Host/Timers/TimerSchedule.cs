using System.Globalization;
using NCrontab;

namespace Atrium.Local.Host.Timers;

/// <summary>When a timer is due: by an NCRONTAB expression, read in UTC, or a fixed time after the last run.</summary>
internal sealed class TimerSchedule
{
    const int FieldsWithSeconds = 6;
    const int FieldsWithoutSeconds = 5;

    /// <summary>
    /// The 29th of February is up to eight years away; an expression without a date in ten years has none.
    /// </summary>
    static readonly TimeSpan s_horizon = TimeSpan.FromDays(3653);

    readonly Func<DateTime, DateTime> _next;

    TimerSchedule(Func<DateTime, DateTime> next) => _next = next;

    /// <summary>Reads a schedule.</summary>
    /// <returns>The schedule, or null when the text is not one.</returns>
    public static TimerSchedule? Parse(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero
                // What is longer has no date either, and a clock's end may come before it.
                ? new(after => after + (interval < s_horizon ? interval : s_horizon))
                : null;
        }

        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        var options = new CrontabSchedule.ParseOptions { IncludingSeconds = fields == FieldsWithSeconds };
        return fields is FieldsWithSeconds or FieldsWithoutSeconds
            && CrontabSchedule.TryParse(text, options) is { } crontab
            ? new(after => crontab.GetNextOccurrence(after, after + s_horizon))
            : null;
    }

    /// <summary>The first time due after a time; about ten years later for a schedule that is never due.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset time) => new(_next(time.UtcDateTime), TimeSpan.Zero);

    /// <summary>Whether the next two times are less than a minute apart.</summary>
    public bool IsFrequent(DateTimeOffset from) =>
        NextAfter(NextAfter(from)) - NextAfter(from) < TimeSpan.FromMinutes(1);

    public bool IsEverDue(DateTimeOffset from) => NextAfter(from) < from + s_horizon;
}
