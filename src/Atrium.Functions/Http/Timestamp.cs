using System.Globalization;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Http;

/// <summary>
/// A time with a zone as RFC 3339, 5.6, writes it, and nothing else: any number of digits in a fraction, <c>t</c> and
/// <c>z</c> in either case, offsets up to 23:59, the years 0000 to 9999. What OpenAPI calls <c>date-time</c>.
/// </summary>
internal static partial class Timestamp
{
    /// <summary>The error for a text that is not a time.</summary>
    public const string Rule =
        "This is no time with a zone as RFC 3339 writes it, such as 2026-04-15T09:30:00Z or "
        + "2026-04-15T11:30:00.25+02:00.";

    const int TickDigits = 7;
    const int CycleYears = 400;

    // The calendar repeats after 400 years, which have 97 leap days.
    const long CycleTicks = (CycleYears * 365L + 97) * TimeSpan.TicksPerDay;

    /// <returns>
    /// The time in UTC, cut off after 100 ns and held to the years 1 to 9999; a leap second is the first of the next
    /// day. Null when the text is no such time.
    /// </returns>
    public static DateTimeOffset? Read(string? text) =>
        Grammar().Match(text ?? "") is { Success: true } match && Ticks(match) is { } ticks
            ? new DateTimeOffset(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero)
            : null;

    static long? Ticks(Match match)
    {
        var (year, month, day) = (Number(match, "year"), Number(match, "month"), Number(match, "day"));
        var (hour, minute, second) = (Number(match, "hour"), Number(match, "minute"), Number(match, "second"));
        var (zoneHour, zoneMinute) = (Number(match, "zoneHour"), Number(match, "zoneMinute"));
        // DateTime has no year 0.
        var likeYear = year % CycleYears + CycleYears;
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(likeYear, month)
            || hour > 23 || minute > 59 || second > 60 || zoneHour > 23 || zoneMinute > 59)
        {
            return null;
        }

        var offset = new TimeSpan(zoneHour, zoneMinute, 0).Ticks * (match.Groups["sign"].Value == "-" ? -1 : 1);
        var minuteTicks = new DateTime(likeYear, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks
            + (year - likeYear) / CycleYears * CycleTicks - offset;
        return second < 60 || EndsMonth(minuteTicks)
            ? minuteTicks + second * TimeSpan.TicksPerSecond + Fraction(match.Groups["fraction"].Value)
            : null;
    }

    // RFC 3339, 5.7: a leap second is the last of a month in UTC. Which months have one is not known in advance.
    static bool EndsMonth(long minuteTicks)
    {
        var next = new DateTime((minuteTicks + TimeSpan.TicksPerMinute + CycleTicks) % CycleTicks, DateTimeKind.Utc);
        return next is { Day: 1, TimeOfDay.Ticks: 0 };
    }

    static long Fraction(string digits) => digits.Length == 0
        ? 0
        : long.Parse(digits.PadRight(TickDigits, '0')[..TickDigits], NumberStyles.None, CultureInfo.InvariantCulture);

    static int Number(Match match, string name) =>
        match.Groups[name] is { Success: true, ValueSpan: var digits }
            ? int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture)
            : 0;

    [GeneratedRegex(
        @"\A(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})[Tt]"
        + @"(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(\.(?<fraction>[0-9]+))?"
        + @"([Zz]|(?<sign>[+-])(?<zoneHour>[0-9]{2}):(?<zoneMinute>[0-9]{2}))\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
