using System.Globalization;

namespace Atrium.Functions.Storage;

/// <summary>
/// Tables that each hold the rows of a week, so that retention is the dropping of a table. Their names end with the
/// week (ISO 8601, by UTC), such as <c>Attempts2026W16</c>.
/// </summary>
/// <param name="prefix">What the names begin with: letters, another for each kind of row.</param>
/// <param name="keptFor">How long a row is kept at least.</param>
internal sealed class WeeklyTables(string prefix, TimeSpan keptFor)
{
    const int YearDigits = 4;
    const int Days = 7;

    // A year, a W, and two digits.
    const int WeekLength = 7;

    /// <summary>How long a row is kept at least; a week later at most it is gone.</summary>
    public TimeSpan KeptFor => keptFor;

    /// <summary>The name of a time's table. Of two, that of the later week sorts behind.</summary>
    public string Name(DateTimeOffset time)
    {
        var day = time.UtcDateTime;
        return string.Create(
            CultureInfo.InvariantCulture, $"{prefix}{ISOWeek.GetYear(day):D4}W{ISOWeek.GetWeekOfYear(day):D2}");
    }

    /// <summary>Whether all rows of a table have been kept for their time.</summary>
    /// <param name="name">A table's name; any that is none of these tables' is not expired.</param>
    public bool IsExpired(string name, DateTimeOffset now) => EndOf(name) is { } end && end + keptFor <= now;

    // Null for a name that Name never returns.
    DateTimeOffset? EndOf(string name) =>
        name.Length == prefix.Length + WeekLength
        && int.TryParse(name.AsSpan(prefix.Length, YearDigits), CultureInfo.InvariantCulture, out var year)
        && int.TryParse(name.AsSpan(prefix.Length + YearDigits + 1), CultureInfo.InvariantCulture, out var week)
        && year is >= 1 and < 9999 && week >= 1 && week <= ISOWeek.GetWeeksInYear(year)
        && new DateTimeOffset(ISOWeek.ToDateTime(year, week, DayOfWeek.Monday), TimeSpan.Zero) is var monday
        && Name(monday) == name
            ? monday.AddDays(Days)
            : null;
}
