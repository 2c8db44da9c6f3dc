using System.Globalization;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Storage;
using CsCheck;

namespace Atrium.Functions.Tests.Storage;

public sealed class WeeklyTablesTests
{
    static readonly WeeklyTables Tables = new("Rows", TimeSpan.FromDays(30));

    [Theory]
    // 2026 has 53 weeks; the last ends with the third of January.
    [InlineData("Rows2026W53", "2027-02-02T23:59:59Z", false)]
    [InlineData("Rows2026W53", "2027-02-03T00:00:00Z", true)]
    [InlineData("Rows2027W01", "2027-02-03T00:00:00Z", false)]
    [InlineData("Rows2027W01", "2027-02-10T00:00:00Z", true)]
    // The first week of 2025 began in 2024.
    [InlineData("Rows2025W01", "2025-02-04T23:59:59Z", false)]
    [InlineData("Rows2025W01", "2025-02-05T00:00:00Z", true)]
    [InlineData("Rows2024W52", "2025-01-28T23:59:59Z", false)]
    [InlineData("Rows2024W52", "2025-01-29T00:00:00Z", true)]
    // The year that follows does not make this year's weeks old.
    [InlineData("Rows2026W16", "2026-04-15T09:30:00Z", false)]
    [InlineData("Rows2027W16", "2026-04-15T09:30:00Z", false)]
    // Other tables, and names that are no week.
    [InlineData("Subscriptions", "2030-01-01T00:00:00Z", false)]
    [InlineData("Cows2025W01", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows2025W53", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows2025W00", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows2025W99", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows0000W01", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows2025X01", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows2025W1a", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows2025W01b", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows+202W+1", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows9999W52", "2030-01-01T00:00:00Z", false)]
    [InlineData("Rows20250106", "2030-01-01T00:00:00Z", false)]
    public void A_table_is_expired_when_the_last_moment_of_its_week_is_so_long_ago(
        string name, string now, bool expired) =>
        Assert.Equal(expired, Tables.IsExpired(name, DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

    [Fact]
    public void No_row_is_dropped_before_its_time_and_each_is_within_a_week_after_it() =>
        Gen.Select(Gen.Long[0, 40L * 366 * 24 * 3600], Gen.Double[0, 100], Gen.Double[0, 60]).Sample(
            (second, past, keptFor) =>
            {
                var tables = new WeeklyTables("Rows", TimeSpan.FromDays(keptFor));
                var written = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second);
                var expired = tables.IsExpired(tables.Name(written), written.AddDays(past));
                return past < keptFor ? !expired : past < keptFor + 7 || expired;
            });

    [Fact]
    public void Attempts_are_kept_for_thirty_days_and_keys_for_one() => Assert.Equal(
        [(30, "Attempts2026W16"), (1, "EventKeys2026W16")],
        new[] { AttemptTable.Weeks, EventKeys.Weeks }
            .Select(weeks => (weeks.KeptFor.TotalDays, weeks.Name(Fakes.Some.Time))));
}
