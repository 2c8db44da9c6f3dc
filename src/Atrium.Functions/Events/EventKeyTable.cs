using System.Globalization;

namespace Atrium.Functions.Events;

/// <summary>
/// Names of the tables that remember the <c>Idempotency-Key</c>s of events. Each holds a week of them, so that they are
/// forgotten by the dropping of a table.
/// </summary>
internal static class EventKeyTable
{
    const string Prefix = "EventKeys";
    const string Monday = "yyyyMMdd";
    const int DaysOfWeek = 7;

    /// <summary>The table of a time's week, which is named after its Monday.</summary>
    public static string Name(DateTimeOffset time)
    {
        var day = time.UtcDateTime.Date;
        var monday = day.AddDays(-(((int)day.DayOfWeek + DaysOfWeek - (int)DayOfWeek.Monday) % DaysOfWeek));
        return Prefix + monday.ToString(Monday, CultureInfo.InvariantCulture);
    }

    /// <summary>Whether all keys in a table have had their time.</summary>
    /// <param name="name">A table's name; any other than those of keys is not expired.</param>
    /// <param name="now">The time.</param>
    public static bool IsExpired(string name, DateTimeOffset now) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && DateTimeOffset.TryParseExact(
            name.AsSpan(Prefix.Length),
            Monday,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var monday)
        && monday.AddDays(DaysOfWeek) + EventKeys.KeptFor <= now;
}
