using System.Globalization;
using Azure.Data.Tables;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Names and keys of the attempt log. A table holds an ISO week of runs, so that retention is the dropping of a table; a partition holds
/// a subscription's attempts. Every attempt has two rows there: one with a key that can be computed, which the first to write it owns,
/// and one in the list, newest first.
/// </summary>
internal static class AttemptTable
{
    /// <summary>How long attempts are kept.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    const string Prefix = "Attempts";

    // '~' sorts after every character that ids contain.
    const string AfterAll = "~";

    public static string Name(DateTimeOffset runStartedAt)
    {
        var day = runStartedAt.UtcDateTime;
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{ISOWeek.GetYear(day):D4}W{ISOWeek.GetWeekOfYear(day):D2}");
    }

    /// <summary>The tables that can hold a delivery's rows: from the week it was accepted, or all that retention leaves, up to now's.</summary>
    /// <param name="acceptedAt">When the event was accepted.</param>
    /// <param name="runStartedAt">When the run began; by another machine's clock, so that it may lie ahead of <paramref name="now"/>.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<string> Names(DateTimeOffset acceptedAt, DateTimeOffset runStartedAt, DateTimeOffset now)
    {
        var names = new List<string>();
        var oldest = now - Retention - TimeSpan.FromDays(7);
        for (var day = acceptedAt > oldest ? acceptedAt : oldest; day < now; day += TimeSpan.FromDays(7))
        {
            names.Add(Name(day));
        }

        return [.. names.Append(Name(now)).Append(Name(runStartedAt)).Distinct()];
    }

    public static string Partition(string tenant, string subscriptionId) => $"{tenant}|{subscriptionId}";

    public static string AttemptRow(string deliveryId, int run, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"d|{deliveryId}|{run:D6}|{attempt:D2}");

    public static string ListRow(DateTimeOffset startedAt, string deliveryId, int run, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"t|{DateTime.MaxValue.Ticks - startedAt.UtcTicks:D19}|{deliveryId}|{run:D6}|{attempt:D2}");

    /// <summary>The filter for the rows of one delivery, all runs.</summary>
    public static string OfDelivery(string partition, string deliveryId)
    {
        var first = $"d|{deliveryId}|";
        var beyond = first + AfterAll;
        return TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {first} and RowKey lt {beyond}");
    }
}
