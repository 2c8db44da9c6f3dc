using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using CsCheck;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.AttemptHistory;

public sealed class PurgeAttemptsTests
{
    [Theory]
    // 2026 has 53 weeks; the last ends with the third of January.
    [InlineData("Attempts2026W53", "2027-02-02T23:59:59Z", false)]
    [InlineData("Attempts2026W53", "2027-02-03T00:00:00Z", true)]
    [InlineData("Attempts2027W01", "2027-02-03T00:00:00Z", false)]
    [InlineData("Attempts2027W01", "2027-02-10T00:00:00Z", true)]
    // The first week of 2025 began in 2024.
    [InlineData("Attempts2025W01", "2025-02-04T23:59:59Z", false)]
    [InlineData("Attempts2025W01", "2025-02-05T00:00:00Z", true)]
    [InlineData("Attempts2024W52", "2025-01-28T23:59:59Z", false)]
    [InlineData("Attempts2024W52", "2025-01-29T00:00:00Z", true)]
    // The year that follows does not make this year's weeks old.
    [InlineData("Attempts2026W16", "2026-04-15T09:30:00Z", false)]
    [InlineData("Attempts2027W16", "2026-04-15T09:30:00Z", false)]
    // Other tables, and names that are no week.
    [InlineData("Subscriptions", "2030-01-01T00:00:00Z", false)]
    [InlineData("Attempts", "2030-01-01T00:00:00Z", false)]
    [InlineData("Attempts2025W53", "2030-01-01T00:00:00Z", false)]
    [InlineData("Attempts2025W00", "2030-01-01T00:00:00Z", false)]
    [InlineData("Attempts0000W01", "2030-01-01T00:00:00Z", false)]
    [InlineData("Attempts2025X01", "2030-01-01T00:00:00Z", false)]
    [InlineData("Attempts2025W1a", "2030-01-01T00:00:00Z", false)]
    [InlineData("Attempts2025W01b", "2030-01-01T00:00:00Z", false)]
    public void A_table_is_expired_when_the_last_moment_of_its_week_is_thirty_days_ago(string name, string now, bool expired) =>
        Assert.Equal(expired, AttemptTable.IsExpired(name, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void No_run_is_dropped_before_its_thirty_days_and_each_is_within_a_week_after_them() =>
        Gen.Select(Gen.Long[0, 40L * 366 * 24 * 3600], Gen.Double[0, 60]).Sample((second, days) =>
        {
            var began = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second);
            var expired = AttemptTable.IsExpired(AttemptTable.Name(began), began.AddDays(days));
            Assert.True(days > 30 || !expired);
            Assert.True(days < 37 || expired);
        });

    [Fact]
    public async Task Expired_tables_are_dropped_and_no_others()
    {
        var tables = new FakeTables();
        foreach (var name in new[] { "Attempts2026W10", "Attempts2026W11", "Attempts2026W12", "Attempts2026W16", "Subscriptions", "Jobs" })
        {
            await tables.Table(name).CreateIfNotExistsAsync();
        }

        var purge = new PurgeAttemptsFunction(tables, new SteppedTime(Some.Time), NullLogger<PurgeAttemptsFunction>.Instance);
        await purge.RunAsync(new TimerInfo(), default);

        Assert.Equal(["Attempts2026W12", "Attempts2026W16", "Jobs", "Subscriptions"], tables.Created);
    }

    [Fact]
    public async Task An_outage_fails_the_run_and_the_next_one_makes_up_for_it()
    {
        var tables = new FakeTables();
        await tables.Table("Attempts2025W10").CreateIfNotExistsAsync();
        var purge = new PurgeAttemptsFunction(tables, new SteppedTime(Some.Time), NullLogger<PurgeAttemptsFunction>.Instance);

        tables.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => purge.RunAsync(new TimerInfo(), default));
        tables.Outage = null;
        await purge.RunAsync(new TimerInfo(), default);

        Assert.Empty(tables.Created);
    }
}
