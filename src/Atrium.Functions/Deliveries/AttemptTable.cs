using System.Globalization;
using Atrium.Functions.Storage;
using Azure.Data.Tables;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Names and keys of the attempt log. A table has the runs of an ISO week, so that old runs are removed by dropping a
/// table. A partition has the attempts of a subscription. Every attempt has two rows: one under a computed key, which
/// can be inserted only once, and one in the list, newest first.
/// </summary>
internal static class AttemptTable
{
    /// <summary>How long attempts are kept.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>The attempt log's tables.</summary>
    public static readonly WeeklyTables Weeks = new("Attempts", Retention);

    // What machines that keep time may differ by.
    static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    const string ListPrefix = "t|";

    // '~' sorts after every character that ids contain.
    const string AfterAll = "~";

    /// <summary>Whether a key can be one of <see cref="ListRow"/>.</summary>
    public static bool IsListRow(string key) => key.StartsWith(ListPrefix, StringComparison.Ordinal);

    /// <summary>The name of the table with the runs of a week.</summary>
    public static string Name(DateTimeOffset runStartedAt) => Weeks.Name(runStartedAt);

    /// <summary>
    /// The tables that can have a delivery's rows: from the week in which it was accepted, or the oldest that is kept,
    /// to the current week.
    /// </summary>
    /// <param name="acceptedAt">When the event was accepted.</param>
    /// <param name="runStartedAt">When the run began; by another machine's clock, so that it may lie ahead of
    /// <paramref name="now"/>.</param>
    public static IReadOnlyList<string> Names(
        DateTimeOffset acceptedAt, DateTimeOffset runStartedAt, DateTimeOffset now)
    {
        var names = new List<string>();
        var oldest = now - Retention - TimeSpan.FromDays(7);
        for (var day = acceptedAt > oldest ? acceptedAt : oldest; day < now; day += TimeSpan.FromDays(7))
        {
            names.Add(Name(day));
        }

        return [.. names.Append(Name(now)).Append(Name(runStartedAt)).Distinct()];
    }

    /// <summary>
    /// The tables with the runs that began since a time, or all that are kept, to the week of clocks that are ahead.
    /// </summary>
    public static IReadOnlyList<string> NamesSince(DateTimeOffset from, DateTimeOffset now) =>
        Names(from, now + ClockSkew, now);

    public static string Partition(string tenant, string subscriptionId) => $"{tenant}|{subscriptionId}";

    public static string AttemptRow(string deliveryId, int run, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"d|{deliveryId}|{run:D6}|{attempt:D2}");

    public static string ListRow(DateTimeOffset startedAt, string deliveryId, int run, int attempt) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{ListPrefix}{Reversed(startedAt):D19}|{deliveryId}|{run:D6}|{attempt:D2}");

    /// <summary>The filter for the rows of one delivery, all runs.</summary>
    public static string OfDelivery(string partition, string deliveryId)
    {
        var first = $"d|{deliveryId}|";
        var beyond = first + AfterAll;
        return TableClient.CreateQueryFilter(
            $"PartitionKey eq {partition} and RowKey ge {first} and RowKey lt {beyond}");
    }

    /// <summary>The filter for a part of the list.</summary>
    /// <param name="from">The earliest start of an attempt, inclusive.</param>
    /// <param name="to">The latest start of an attempt, exclusive.</param>
    /// <param name="after">The key of the row after which the list goes on.</param>
    /// <param name="outcome">The only one that is wanted; null for any.</param>
    public static string OfList(
        string partition, DateTimeOffset? from, DateTimeOffset? to, string? after, AttemptOutcome? outcome = null)
    {
        var beyond = from is { } earliest ? $"{ListPrefix}{Reversed(earliest) + 1:D19}" : ListPrefix + AfterAll;
        var first = to is { } latest ? $"{ListPrefix}{Reversed(latest) + 1:D19}" : ListPrefix;
        var rows = after is not null && string.CompareOrdinal(after, first) >= 0
            ? TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after} and RowKey lt {beyond}")
            : TableClient.CreateQueryFilter(
                $"PartitionKey eq {partition} and RowKey ge {first} and RowKey lt {beyond}");
        return outcome is null ? rows : rows + TableClient.CreateQueryFilter($" and Outcome eq {outcome.ToString()}");
    }

    static long Reversed(DateTimeOffset time) => DateTime.MaxValue.Ticks - time.UtcTicks;
}

/// <summary>An attempt as a table row, and back.</summary>
internal static class AttemptEntity
{
    /// <summary>The columns that say how an attempt ended. Its keys say whose it was.</summary>
    public static readonly IReadOnlyList<string> Outline =
    [
        nameof(TableEntity.PartitionKey), nameof(TableEntity.RowKey), nameof(AttemptRecord.StartedAt),
        nameof(AttemptRecord.Outcome), nameof(AttemptRecord.NextAttemptAt), nameof(AttemptRecord.Status),
        nameof(AttemptRecord.ErrorClass), nameof(AttemptRecord.Cause), nameof(AttemptRecord.Explanation),
    ];

    public static TableEntity ToEntity(AttemptRecord record, string rowKey) =>
        new TableEntity(AttemptTable.Partition(record.Tenant, record.SubscriptionId), rowKey)
        {
            [nameof(AttemptRecord.Tenant)] = record.Tenant,
            [nameof(AttemptRecord.SubscriptionId)] = record.SubscriptionId,
            [nameof(AttemptRecord.EventId)] = record.EventId,
            [nameof(AttemptRecord.EventType)] = record.EventType,
            [nameof(AttemptRecord.DeliveryId)] = record.DeliveryId,
            [nameof(AttemptRecord.Run)] = record.Run,
            [nameof(AttemptRecord.Attempt)] = record.Attempt,
            [nameof(AttemptRecord.RunStartedAt)] = record.RunStartedAt,
            [nameof(AttemptRecord.AcceptedAt)] = record.AcceptedAt,
            [nameof(AttemptRecord.DueAt)] = record.DueAt,
            [nameof(AttemptRecord.StartedAt)] = record.StartedAt,
            [nameof(AttemptRecord.Outcome)] = record.Outcome.ToString(),
            [nameof(AttemptRecord.NextAttemptAt)] = record.NextAttemptAt,
            [nameof(AttemptRecord.Status)] = record.Status,
            [nameof(AttemptRecord.ErrorClass)] = record.ErrorClass,
            [nameof(AttemptRecord.Cause)] = record.Cause,
            [nameof(AttemptRecord.Explanation)] = record.Explanation,
            [nameof(AttemptRecord.ResponseExcerpt)] = record.ResponseExcerpt,
            [nameof(AttemptRecord.Resent)] = record.Resent ? true : null,
            [nameof(AttemptRecord.DnsMs)] = record.DnsMs,
            [nameof(AttemptRecord.ConnectMs)] = record.ConnectMs,
            [nameof(AttemptRecord.TlsMs)] = record.TlsMs,
            [nameof(AttemptRecord.FirstByteMs)] = record.FirstByteMs,
            [nameof(AttemptRecord.TotalMs)] = record.TotalMs,
        }.WithoutNulls();

    /// <summary>
    /// Reads a row, whatever is in it. Its keys say of which attempt it is. A cell that cannot be read counts as
    /// missing, so that the delivery goes on and the list can be shown.
    /// </summary>
    public static AttemptRecord ToRecord(TableEntity entity)
    {
        var (owner, key) = (entity.PartitionKey.Split('|'), entity.RowKey.Split('|'));
        var startedAt = entity.Value<DateTimeOffset>(nameof(AttemptRecord.StartedAt))
            ?? entity.Timestamp ?? DateTimeOffset.UnixEpoch;
        return new()
        {
            Tenant = owner[0],
            SubscriptionId = owner[^1],
            EventId = entity.Text(nameof(AttemptRecord.EventId)) ?? "",
            EventType = entity.Text(nameof(AttemptRecord.EventType)) ?? "",
            DeliveryId = key.ElementAtOrDefault(^3) ?? entity.Text(nameof(AttemptRecord.DeliveryId)) ?? "",
            Run = Number(key.ElementAtOrDefault(^2)) ?? entity.Value<int>(nameof(AttemptRecord.Run)) ?? 0,
            Attempt = Number(key[^1]) ?? entity.Value<int>(nameof(AttemptRecord.Attempt)) ?? 0,
            RunStartedAt = entity.Value<DateTimeOffset>(nameof(AttemptRecord.RunStartedAt)) ?? startedAt,
            AcceptedAt = entity.Value<DateTimeOffset>(nameof(AttemptRecord.AcceptedAt)),
            DueAt = entity.Value<DateTimeOffset>(nameof(AttemptRecord.DueAt)) ?? startedAt,
            StartedAt = startedAt,
            Outcome = entity.Named(nameof(AttemptRecord.Outcome), AttemptOutcome.Unknown),
            NextAttemptAt = entity.Value<DateTimeOffset>(nameof(AttemptRecord.NextAttemptAt)),
            Status = entity.Value<int>(nameof(AttemptRecord.Status)),
            ErrorClass = entity.Text(nameof(AttemptRecord.ErrorClass)),
            Cause = entity.Text(nameof(AttemptRecord.Cause)),
            Explanation = entity.Text(nameof(AttemptRecord.Explanation)),
            ResponseExcerpt = entity.Text(nameof(AttemptRecord.ResponseExcerpt)),
            Resent = entity.Value<bool>(nameof(AttemptRecord.Resent)) ?? false,
            DnsMs = entity.Value<double>(nameof(AttemptRecord.DnsMs)),
            ConnectMs = entity.Value<double>(nameof(AttemptRecord.ConnectMs)),
            TlsMs = entity.Value<double>(nameof(AttemptRecord.TlsMs)),
            FirstByteMs = entity.Value<double>(nameof(AttemptRecord.FirstByteMs)),
            TotalMs = entity.Value<double>(nameof(AttemptRecord.TotalMs)),
        };
    }

    static int? Number(string? part) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
