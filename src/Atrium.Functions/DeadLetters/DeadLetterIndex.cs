using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// The index of dead letters and parked deliveries: a row for each message, without its body. The messages are deferred
/// in their queues, and are received by their numbers. A tenant has a partition, and a queue has a range of keys in it:
/// dead letters newest first, parked deliveries by subscription, oldest first.
/// </summary>
/// <remarks>All methods throw <see cref="RequestFailedException"/> when the table fails.</remarks>
internal sealed class DeadLetterIndex(TableServiceClient tables, UnreadableRows unreadable)
{
    public const string TableName = "DeadLetters";

    /// <summary>The most rows of a page, and of a transaction: what Table Storage takes in one.</summary>
    public const int BatchSize = 100;

    /// <summary>Rows that are read while somebody waits: ten queries, or a few seconds of Table Storage.</summary>
    public const int MostLookedAt = 10_000;

    // Neither is a tenant's name.
    const string TenantsPartition = "@tenants";
    const string ParkedPartition = "@parked";

    // In no tenant's name.
    const char Separator = '|';

    readonly TableGateway _table = new(tables, TableName);

    /// <summary>
    /// Adds messages; safe to repeat. If a process dies before it has deferred a message, the next one lists it anew,
    /// and when it was first listed stays as it is: a job takes what was counted before it.
    /// </summary>
    /// <param name="source">Where they lie.</param>
    /// <param name="at">When they were seen there.</param>
    public Task AddAsync(
        JobSource source, IReadOnlyCollection<DeadLetter> letters, DateTimeOffset at,
        CancellationToken cancellationToken) => WriteAsync(
            source, [.. letters.Select(letter => IndexRow.Of(source, letter))],
            rows => ListAsync(rows, at, cancellationToken), cancellationToken);

    /// <summary>
    /// Notes that messages were seen again, and adds those that are missing. When they were listed stays as it is.
    /// </summary>
    /// <inheritdoc cref="AddAsync"/>
    public Task SeeAgainAsync(
        JobSource source, IReadOnlyCollection<DeadLetter> letters, DateTimeOffset at,
        CancellationToken cancellationToken) => WriteAsync(
            source, [.. letters.Select(letter => IndexRow.Of(source, letter))],
            rows => PutAsync(rows, at, keep: true, cancellationToken), cancellationToken);

    /// <summary>Writes rows that were read, and changed.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public Task RewriteAsync(
        JobSource source, IReadOnlyCollection<IndexRow> rows, DateTimeOffset at,
        CancellationToken cancellationToken) => WriteAsync(
            source, rows, some => PutAsync(some, at, keep: false, cancellationToken), cancellationToken);

    /// <summary>Removes messages that are gone from their queue; safe to repeat.</summary>
    public async Task RemoveAsync(IReadOnlyCollection<IndexRow> rows, CancellationToken cancellationToken)
    {
        foreach (var tenant in rows.GroupBy(row => row.Letter.Tenant))
        {
            foreach (var chunk in tenant.Chunk(BatchSize))
            {
                await _table.RemoveAllAsync(tenant.Key, [.. chunk.Select(row => row.Key)], cancellationToken);
            }
        }
    }

    /// <summary>A tenant's messages of a queue, in the order of their keys.</summary>
    /// <param name="after">The key after which it goes on; null from the first.</param>
    /// <param name="columns">What is wanted of each message; null for all. See <see cref="IndexRow.Needed"/>.</param>
    public IAsyncEnumerable<IndexRow> QueryAsync(
        string tenant, IndexRange range, string? after, CancellationToken cancellationToken,
        IEnumerable<string>? columns = null) =>
        _table.QueryAsync(range.Of(tenant, after), null, cancellationToken, columns)
            .Where(range.Takes).Select(entity => IndexRow.Of(range, entity)).OfType<IndexRow>()
            .Where(row => range.Filter.Lacks(row.Letter));

    /// <summary>
    /// How many messages of a tenant there are in a range, up to <see cref="MostLookedAt"/>, and up to when a job takes
    /// them.
    /// </summary>
    public async Task<Expectation> ExpectAsync(string tenant, IndexRange range, CancellationToken cancellationToken)
    {
        var ends = await EndsAsync(tenant, range, cancellationToken).Take(MostLookedAt + 1)
            .ToListAsync(cancellationToken);
        return new(ends.Count <= MostLookedAt ? ends.Count : null, ends.Max());
    }

    /// <summary>Counts a tenant's messages of a queue by subscription, up to <see cref="MostLookedAt"/>.</summary>
    public async Task<SubscriptionCounts> CountBySubscriptionAsync(
        string tenant, JobSource source, CancellationToken cancellationToken)
    {
        var rows = await _table.QueryAsync(
            new IndexRange(source).Of(tenant, null), null, cancellationToken, [nameof(DeadLetter.SubscriptionId)])
            .Take(MostLookedAt + 1).Select(row => row.Text(nameof(DeadLetter.SubscriptionId)))
            .ToListAsync(cancellationToken);
        return new SubscriptionCounts(
            rows.Take(MostLookedAt).OfType<string>().CountBy(id => id).ToDictionary(), rows.Count <= MostLookedAt);
    }

    /// <summary>
    /// Counts what is parked of a tenant's subscriptions, of each up to <see cref="MostLookedAt"/>: that of one lies
    /// before that of another, so in all together they would hide each other.
    /// </summary>
    public async Task<SubscriptionCounts> CountParkedAsync(
        string tenant, IReadOnlyCollection<string> subscriptionIds, CancellationToken cancellationToken)
    {
        var all = await CountBySubscriptionAsync(tenant, JobSource.Parked, cancellationToken);
        if (all.IsComplete)
        {
            return all;
        }

        var counts = await Task.WhenAll(subscriptionIds.Select(async id =>
        {
            var range = new DeadLetterFilter { SubscriptionId = id }.RangeOf(JobSource.Parked);
            return (Id: id, (await ExpectAsync(tenant, range, cancellationToken)).Count);
        }));
        return new SubscriptionCounts(
            counts.ToDictionary(one => one.Id, one => one.Count ?? MostLookedAt),
            counts.All(one => one.Count is not null));
    }

    /// <summary>How many messages of a tenant there are in a range.</summary>
    public ValueTask<int> CountAsync(string tenant, IndexRange range, CancellationToken cancellationToken) =>
        EndsAsync(tenant, range, cancellationToken).CountAsync(cancellationToken);

    /// <summary>All tenants of which there is something, or was, in the order of their names.</summary>
    /// <param name="from">The first name; empty for all.</param>
    public IAsyncEnumerable<string> TenantsAsync(string from, CancellationToken cancellationToken) =>
        _table.QueryAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {TenantsPartition} and RowKey ge {from}"), null,
            cancellationToken)
            .Select(row => row.RowKey);

    /// <summary>The subscriptions for which something is parked, or was.</summary>
    public IAsyncEnumerable<ParkedMark> ParkedAsync(CancellationToken cancellationToken) => unreadable.LeaveOut(
        TableName,
        _table.QueryAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {ParkedPartition}"), null, cancellationToken),
        row => row.RowKey.Split(Separator) is [var tenant, var id] ? new ParkedMark(tenant, id, row.ETag) : null);

    /// <summary>
    /// Removes the mark of a subscription for which nothing is parked, unless something was parked meanwhile.
    /// </summary>
    public Task ForgetAsync(ParkedMark mark, CancellationToken cancellationToken) => _table.RemoveAsync(
        ParkedPartition, $"{mark.Tenant}{Separator}{mark.SubscriptionId}", mark.Version, cancellationToken);

    async Task WriteAsync(
        JobSource source, IReadOnlyCollection<IndexRow> rows, Func<IReadOnlyList<IndexRow>, Task> putAsync,
        CancellationToken cancellationToken)
    {
        foreach (var tenant in rows.GroupBy(row => row.Letter.Tenant))
        {
            await _table.TryAddAsync(new TableEntity(TenantsPartition, tenant.Key), cancellationToken);
            foreach (var chunk in tenant.DistinctBy(row => row.Key).Chunk(BatchSize))
            {
                await putAsync(chunk);
            }
        }

        // After the rows: if somebody finds no row and removes the mark in the version that was read, no row is missed.
        foreach (var parked in rows.Select(row => row.Letter)
            .Where(letter => source == JobSource.Parked && IsOfSubscription(letter))
            .Select(letter => (letter.Tenant, letter.SubscriptionId)).Distinct())
        {
            await _table.UpsertAllAsync(
                [new TableEntity(ParkedPartition, $"{parked.Tenant}{Separator}{parked.SubscriptionId}")],
                cancellationToken);
        }
    }

    async Task ListAsync(IReadOnlyList<IndexRow> rows, DateTimeOffset at, CancellationToken cancellationToken)
    {
        IReadOnlySet<string> there = new HashSet<string>();
        while (rows.Where(row => !there.Contains(row.Key)).ToList() is { Count: > 0 } missing
            && await _table.AddAsync(
                [.. missing.Select(row => (row with { ListedAt = at }).ToEntity(at))], cancellationToken) is not null)
        {
            there = await KnownAsync(rows, cancellationToken);
        }

        if (rows.Where(row => there.Contains(row.Key)).ToList() is { Count: > 0 } again)
        {
            await PutAsync(again, at, keep: true, cancellationToken);
        }
    }

    Task PutAsync(
        IReadOnlyList<IndexRow> rows, DateTimeOffset at, bool keep, CancellationToken cancellationToken) =>
        _table.UpsertAllAsync(rows.Select(row => row.ToEntity(at)), cancellationToken, keep);

    // By their keys: between two of them lies whatever else a subscription has parked.
    async Task<IReadOnlySet<string>> KnownAsync(IReadOnlyList<IndexRow> rows, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(
            rows.Select(row => _table.FindAsync(row.Letter.Tenant, row.Key, cancellationToken)));
        return found.OfType<TableEntity>().Select(row => row.RowKey).ToHashSet();
    }

    // When each message was listed. What is lacking is seen by the row alone.
    IAsyncEnumerable<DateTimeOffset?> EndsAsync(
        string tenant, IndexRange range, CancellationToken cancellationToken) =>
        range.Filter.Without is null
            ? _table.QueryAsync(
                range.Of(tenant, null), null, cancellationToken,
                [nameof(TableEntity.RowKey), nameof(IndexRow.ListedAt), nameof(DeadLetter.FailedAt)])
                .Where(range.Takes).Select(row => DeadLetterFilter.EndOf(
                    row.Value<DateTimeOffset>(nameof(IndexRow.ListedAt)),
                    row.Value<DateTimeOffset>(nameof(DeadLetter.FailedAt))))
            : QueryAsync(tenant, range, null, cancellationToken, IndexRow.Grouped)
                .Select(row => DeadLetterFilter.EndOf(row.ListedAt, row.Letter.FailedAt));

    static bool IsOfSubscription(DeadLetter letter) =>
        letter.SubscriptionId is { } id && Subscriptions.SubscriptionId.IsValid(id);
}

/// <summary>How many messages there are of each subscription.</summary>
/// <param name="BySubscription">By the subscription's id; only those with messages.</param>
/// <param name="IsComplete">Whether all were counted.</param>
internal sealed record SubscriptionCounts(IReadOnlyDictionary<string, int> BySubscription, bool IsComplete);

/// <summary>A subscription for which something is parked, or was.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="SubscriptionId">Its id.</param>
/// <param name="Version">The version of the mark.</param>
internal sealed record ParkedMark(string Tenant, string SubscriptionId, ETag Version);
