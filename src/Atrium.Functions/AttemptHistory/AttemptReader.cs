using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Storage;
using Azure.Data.Tables;

namespace Atrium.Functions.AttemptHistory;

/// <summary>
/// Reads a subscription's list, newest first. An attempt is in the table of the week in which its run began, so the
/// lists of the tables overlap and have to be merged.
/// </summary>
internal sealed class AttemptReader(TableServiceClient tables, TimeProvider time)
{
    /// <summary>
    /// Rows looked at for one page when a filter leaves most of them out: a second or two of Table Storage.
    /// </summary>
    public const int MaxRowsRead = 5_000;

    /// <summary>
    /// As how many of these rows it counts to look for a newer attempt of one delivery: it takes as long as to read so
    /// many. So a page looks for a hundred at most.
    /// </summary>
    public const int RowsPerLook = MaxRowsRead / PageQuery.MaxLimit;

    /// <param name="tenant">Whose attempts.</param>
    /// <param name="subscriptionId">Of which subscription, whether it is still there or not.</param>
    /// <param name="filter">Which, and how many.</param>
    /// <param name="after">The key of the row to go on after; null from the newest.</param>
    /// <param name="cancellationToken">Ends when the client goes away.</param>
    /// <returns>Newest first; and the key of the last row looked at, when there are more rows, null at the
    /// end.</returns>
    /// <exception cref="Azure.RequestFailedException">The tables could not be read.</exception>
    public async Task<(IReadOnlyList<AttemptRecord> Attempts, string? GoesOnAfter)> ListAsync(
        string tenant, string subscriptionId, AttemptFilter filter, string? after, CancellationToken cancellationToken)
    {
        var wanted = AttemptTable.OfList(AttemptTable.Partition(tenant, subscriptionId), filter.From, filter.To, after);
        var pageSize = filter.IsNarrow ? MaxRowsRead / 10 : filter.Limit + 1;
        var rows = MergedAsync(
            AttemptTable.NamesSince(OldestRun(filter.From), time.GetUtcNow())
                .Select(name => new TableGateway(tables, name).QueryAsync(wanted, pageSize, cancellationToken)));

        // From the newest of all on, what was read tells.
        var isWhole = after is null && filter.To is null;
        var (found, deliveries) = (new List<AttemptRecord>(), new HashSet<string>());
        var (read, last) = (0, (string?)null);
        await foreach (var row in rows)
        {
            if (read >= MaxRowsRead || found.Count == filter.Limit)
            {
                return (found, last);
            }

            (read, last) = (read + 1, row.RowKey);
            var record = AttemptEntity.ToRecord(row);
            if ((filter.IsWaiting && !deliveries.Add(record.DeliveryId)) || !filter.Takes(record))
            {
                continue;
            }

            if (filter.IsWaiting && !isWhole)
            {
                read += RowsPerLook;
                if (await HasNewerAsync(record, cancellationToken))
                {
                    continue;
                }
            }

            found.Add(record);
        }

        return (found, null);
    }

    /// <summary>
    /// The attempts that began since a time, newest first, at most <see cref="MaxRowsRead"/>. Excerpts and timings are
    /// not read. Runs that began more than a message's lifetime before are left out: their deliveries were parked, and
    /// then put back for days.
    /// </summary>
    /// <returns>The attempts, and whether these are all.</returns>
    /// <exception cref="Azure.RequestFailedException">The tables could not be read.</exception>
    public async Task<(IReadOnlyList<AttemptRecord> Attempts, bool IsComplete)> RecentAsync(
        string tenant, string subscriptionId, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var wanted = AttemptTable.OfList(AttemptTable.Partition(tenant, subscriptionId), from, null, null);
        var found = await OutlinesAsync(from - Lifetime.Whole, wanted, null, cancellationToken)
            .Take(MaxRowsRead + 1)
            .ToListAsync(cancellationToken);
        return ([.. found.Take(MaxRowsRead)], found.Count <= MaxRowsRead);
    }

    /// <summary>The newest attempt that began before a time, of all that are kept.</summary>
    /// <param name="tenant">Whose attempts.</param>
    /// <param name="subscriptionId">Of which subscription.</param>
    /// <param name="before">The time.</param>
    /// <param name="outcome">The only one that is wanted; null for any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="Azure.RequestFailedException">The tables could not be read.</exception>
    public async Task<AttemptRecord?> NewestBeforeAsync(
        string tenant, string subscriptionId, DateTimeOffset before, AttemptOutcome? outcome,
        CancellationToken cancellationToken)
    {
        var wanted = AttemptTable.OfList(AttemptTable.Partition(tenant, subscriptionId), null, before, null, outcome);
        return await OutlinesAsync(DateTimeOffset.MinValue, wanted, 1, cancellationToken)
            .FirstOrDefaultAsync(cancellationToken);
    }

    // Newer attempts are in the table of the same run, or of one that began later.
    ValueTask<bool> HasNewerAsync(AttemptRecord record, CancellationToken cancellationToken) => OutlinesAsync(
        record.RunStartedAt,
        AttemptTable.OfDelivery(AttemptTable.Partition(record.Tenant, record.SubscriptionId), record.DeliveryId), null,
        cancellationToken).AnyAsync(other => other.StartedAt > record.StartedAt, cancellationToken);

    IAsyncEnumerable<AttemptRecord> OutlinesAsync(
        DateTimeOffset oldestRun, string wanted, int? pageSize, CancellationToken cancellationToken) =>
        MergedAsync(AttemptTable.NamesSince(oldestRun, time.GetUtcNow()).Select(name => new TableGateway(tables, name)
            .QueryAsync(wanted, pageSize, cancellationToken, AttemptEntity.Outline)))
            .Select(AttemptEntity.ToRecord);

    // The rows of several tables in the order of their keys. The first pages are read at the same time.
    static async IAsyncEnumerable<TableEntity> MergedAsync(IEnumerable<IAsyncEnumerable<TableEntity>> tables)
    {
        var sources = tables.Select(table => table.GetAsyncEnumerator()).ToList();
        try
        {
            var next = new PriorityQueue<IAsyncEnumerator<TableEntity>, string>(StringComparer.Ordinal);
            var found = await Task.WhenAll(sources.Select(source => source.MoveNextAsync().AsTask()));
            foreach (var (source, _) in sources.Zip(found).Where(pair => pair.Second))
            {
                next.Enqueue(source, source.Current.RowKey);
            }

            while (next.TryDequeue(out var source, out _))
            {
                yield return source.Current;
                if (await source.MoveNextAsync())
                {
                    next.Enqueue(source, source.Current.RowKey);
                }
            }
        }
        finally
        {
            foreach (var source in sources)
            {
                await source.DisposeAsync();
            }
        }
    }

    // A message lives for one lifetime, and after it was parked for another, so a run can have attempts for that long.
    static DateTimeOffset OldestRun(DateTimeOffset? from) =>
        from > DateTimeOffset.MinValue + 2 * Lifetime.Whole ? from.Value - 2 * Lifetime.Whole : DateTimeOffset.MinValue;
}
