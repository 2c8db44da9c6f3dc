using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using CsCheck;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class AttemptTableTests
{
    [Theory]
    [InlineData("2026-04-15T09:30:00Z", "Attempts2026W16")]
    [InlineData("2024-12-29T23:59:59Z", "Attempts2024W52")]
    [InlineData("2024-12-30T00:00:00Z", "Attempts2025W01")]
    [InlineData("2025-12-28T23:59:59Z", "Attempts2025W52")]
    [InlineData("2025-12-29T00:00:00Z", "Attempts2026W01")]
    [InlineData("2026-12-31T12:00:00Z", "Attempts2026W53")]
    [InlineData("2027-01-03T23:59:59Z", "Attempts2026W53")]
    [InlineData("2027-01-04T00:00:00Z", "Attempts2027W01")]
    [InlineData("2027-01-04T01:30:00+02:00", "Attempts2026W53")]
    public void A_run_has_the_table_of_the_iso_week_in_which_it_started(string startedAt, string name) =>
        Assert.Equal(
            name, AttemptTable.Name(
            DateTimeOffset.Parse(startedAt, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Names_are_valid_for_table_storage_and_sort_by_time() =>
        Gen.Select(Times, Times).Sample((a, b) =>
        {
            Assert.Matches("^[A-Za-z][A-Za-z0-9]{2,62}$", AttemptTable.Name(a));
            Assert.True(a > b || string.CompareOrdinal(AttemptTable.Name(a), AttemptTable.Name(b)) <= 0);
        });

    [Fact]
    public void A_look_up_reads_the_tables_of_all_weeks_since_the_event() => Assert.Equal(
        ["Attempts2026W52", "Attempts2026W53", "Attempts2027W01"],
        AttemptTable.Names(
            new(2026, 12, 27, 23, 0, 0, TimeSpan.Zero), new(2026, 12, 27, 23, 0, 0, TimeSpan.Zero),
            new(2027, 1, 4, 1, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void A_look_up_in_the_events_week_reads_one_table() =>
        Assert.Equal(["Attempts2026W16"], AttemptTable.Names(Some.Time, Some.Time, Some.Time.AddHours(1)));

    [Fact]
    public void No_run_since_the_event_can_have_a_table_that_is_not_read() =>
        Gen.Select(Times, Gen.Double[0, 14], Gen.Double[0, 1]).Sample((acceptedAt, days, share) =>
        {
            var now = acceptedAt.AddDays(days);
            var runStartedAt = acceptedAt + (now - acceptedAt) * share;
            Assert.Contains(AttemptTable.Name(runStartedAt), AttemptTable.Names(acceptedAt, acceptedAt, now));
        });

    [Fact]
    public void A_look_up_for_an_old_event_reads_no_more_tables_than_are_kept() =>
        Assert.InRange(AttemptTable.Names(Some.Time.AddYears(-5), Some.Time.AddYears(-5), Some.Time).Count, 5, 8);

    [Fact]
    public void Keys_hold_nothing_that_table_storage_forbids()
    {
        var keys = new[]
        {
            AttemptTable.Partition(new string('t', 64), Some.SubscriptionId),
            AttemptTable.AttemptRow(Some.DeliveryId, int.MaxValue, 10),
            AttemptTable.ListRow(Some.Time, Some.DeliveryId, int.MaxValue, 10),
        };
        Assert.All(keys, key => Assert.DoesNotMatch(@"[/\\#?\u0000-\u001f\u007f-\u009f]", key));
        Assert.All(keys, key => Assert.InRange(key.Length, 1, 512));
    }

    [Fact]
    public void The_list_is_newest_first() => Gen.Select(Times, Times).Where((a, b) => a < b).Sample((older, newer) =>
        Assert.True(
            string.CompareOrdinal(
            AttemptTable.ListRow(newer, "msg_a", 1, 1), AttemptTable.ListRow(older, "msg_b", 1, 1)) < 0));

    [Fact]
    public void A_deliverys_filter_takes_its_rows_of_all_runs_and_no_others()
    {
        var filter = KeyFilter.Parse(AttemptTable.OfDelivery("acme|sub_1", "msg_b"));
        Assert.True(filter.Takes("acme|sub_1", AttemptTable.AttemptRow("msg_b", 1, 1)));
        Assert.True(filter.Takes("acme|sub_1", AttemptTable.AttemptRow("msg_b", 999_999, 10)));
        Assert.False(filter.Takes("acme|sub_2", AttemptTable.AttemptRow("msg_b", 1, 1)));
        Assert.False(filter.Takes("acme|sub_1", AttemptTable.AttemptRow("msg_a", 1, 1)));
        Assert.False(filter.Takes("acme|sub_1", AttemptTable.AttemptRow("msg_bc", 1, 1)));
        Assert.False(filter.Takes("acme|sub_1", AttemptTable.ListRow(Some.Time, "msg_b", 1, 1)));
    }

    static readonly Gen<DateTimeOffset> Times = Gen.Long[0, 40L * 366 * 24 * 3600]
        .Select(seconds => new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds));
}
