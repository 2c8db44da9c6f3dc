using System.Globalization;
using Atrium.Functions.Events;
using Atrium.Functions.Tests.Fakes;
using CsCheck;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Events;

public sealed class PurgeEventKeysTests
{
    [Theory]
    [InlineData("EventKeys20260413", "2026-04-20T23:59:59Z", false)]
    [InlineData("EventKeys20260413", "2026-04-21T00:00:00Z", true)]
    [InlineData("EventKeys20260413", "2026-01-01T00:00:00Z", false)]
    [InlineData("EventKeys", "2030-01-01T00:00:00Z", false)]
    [InlineData("EventKeys2026W16", "2030-01-01T00:00:00Z", false)]
    [InlineData("EventKeys20260413b", "2030-01-01T00:00:00Z", false)]
    [InlineData("Attempts2026W16", "2030-01-01T00:00:00Z", false)]
    [InlineData("Subscriptions", "2030-01-01T00:00:00Z", false)]
    public void A_table_is_expired_a_day_after_its_week(string name, string now, bool expired) =>
        Assert.Equal(expired, EventKeyTable.IsExpired(name, DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

    [Fact]
    public void No_key_is_dropped_before_its_day_and_each_is_within_a_week_after_it() =>
        Gen.Select(Gen.Long[0, 40L * 366 * 24 * 3600], Gen.Double[0, 10]).Sample((second, days) =>
        {
            var used = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second);
            var expired = EventKeyTable.IsExpired(EventKeyTable.Name(used), used.AddDays(days));
            return days <= 1 ? !expired : days < 8 || expired;
        });

    [Fact]
    public async Task At_night_what_is_expired_is_dropped_and_nothing_else()
    {
        var tables = new FakeTables();
        string[] names =
            ["Attempts2026W16", "EventKeys20260330", "EventKeys20260406", "EventKeys20260413", "Subscriptions"];
        foreach (var name in names)
        {
            tables.Table(name).Exists = true;
        }

        var log = NullLogger<PurgeEventKeysFunction>.Instance;
        await new PurgeEventKeysFunction(tables, new FakeTimeProvider(Some.Time), log)
            .RunAsync(new TimerInfo(), default);

        Assert.Equal(["Attempts2026W16", "EventKeys20260413", "Subscriptions"], tables.Created);
    }
}
