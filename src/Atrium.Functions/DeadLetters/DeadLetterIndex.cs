using System.Globalization;
using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Finds again what failed or is parked: a row for each message, without its body. The messages lie deferred in their
/// queues, and their numbers give them out. A tenant has a partition, and a queue a range of keys in it: dead letters
/// newest first, what is parked by subscription, oldest first.
/// </summary>
/// <remarks>All methods throw <see cref="RequestFailedException"/> when the table fails.</remarks>
internal sealed class DeadLetterIndex(TableServiceClient tables)
{
    public const string TableName = "DeadLetters";

    /// <summary>The most rows of a page, and of a transaction: what Table Storage takes in one.</summary>
    public const int BatchSize = 100;

    // None of these is a tenant's name.
    const string TenantsPartition = "@tenants";
    const string ParkedPartition = "@parked";
    const string StatePartition = "@index";

    // In no tenant's name.
    const char Separator = '|';

    readonly TableGateway _table = new(tables, TableName);

    /// <summary>Adds messages; safe to repeat.</summary>
    /// <param name="source">Where they lie.</param>
    /// <param name="letters">Which.</param>
    /// <param name="at">When they were seen there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AddAsync(
        JobSource source, IReadOnlyCollection<DeadLetter> letters, DateTimeOffset at,
        CancellationToken cancellationToken)
    {
        foreach (var tenant in letters.GroupBy(letter => letter.Tenant))
        {
            await _table.TryAddAsync(new TableEntity(TenantsPartition, tenant.Key), cancellationToken);
            foreach (var chunk in tenant.Select(letter => IndexRow.Of(source, letter)).DistinctBy(row => row.Key)
                .Chunk(BatchSize))
            {
                await _table.UpsertAllAsync(chunk.Select(row => row.ToEntity(at)), cancellationToken);
            }
        }

        // After the rows: whoever finds no row, and removes the mark in the version that was read, misses none.
        foreach (var parked in letters.Where(letter => source == JobSource.Parked && IsOfSubscription(letter))
            .Select(letter => (letter.Tenant, letter.SubscriptionId)).Distinct())
        {
            await _table.UpsertAllAsync(
                [new TableEntity(ParkedPartition, $"{parked.Tenant}{Separator}{parked.SubscriptionId}")],
                cancellationToken);
        }
    }

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
    /// <param name="tenant">Whose.</param>
    /// <param name="range">Which.</param>
    /// <param name="after">The key after which it goes on; null from the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<IndexRow> QueryAsync(
        string tenant, IndexRange range, string? after, CancellationToken cancellationToken) =>
        _table.QueryAsync(range.Of(tenant, after), null, cancellationToken)
            .Select(entity => IndexRow.Of(range, entity)).Where(row => row is not null).Select(row => row!);

    /// <summary>How many messages of a tenant there are in a range.</summary>
    public ValueTask<int> CountAsync(string tenant, IndexRange range, CancellationToken cancellationToken) =>
        _table.QueryAsync(range.Of(tenant, null), null, cancellationToken, [nameof(TableEntity.RowKey)])
            .CountAsync(cancellationToken);

    /// <summary>All tenants of which there is something, or was.</summary>
    public IAsyncEnumerable<string> TenantsAsync(CancellationToken cancellationToken) =>
        _table.QueryAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {TenantsPartition}"), null, cancellationToken)
            .Select(row => row.RowKey);

    /// <summary>The subscriptions for which something is parked, or was.</summary>
    public IAsyncEnumerable<ParkedMark> ParkedAsync(CancellationToken cancellationToken) =>
        _table.QueryAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {ParkedPartition}"), null, cancellationToken)
            .Select(row => (Names: row.RowKey.Split(Separator), row.ETag))
            .Select(row => new ParkedMark(row.Names[0], row.Names[1], row.ETag));

    /// <summary>Forgets a subscription for which nothing is parked; not when something was parked meanwhile.</summary>
    public Task ForgetAsync(ParkedMark mark, CancellationToken cancellationToken) => _table.RemoveAsync(
        ParkedPartition, $"{mark.Tenant}{Separator}{mark.SubscriptionId}", mark.Version, cancellationToken);

    /// <summary>Up to when all that had failed or was parked is here; null when nothing was indexed yet.</summary>
    public async Task<DateTimeOffset?> UpToDateAtAsync(JobSource source, CancellationToken cancellationToken) =>
        (await FindStateAsync(source, cancellationToken))?.UpToDateAt;

    /// <summary>How far the index of a queue is; null when there is none.</summary>
    public async Task<IndexState?> FindStateAsync(JobSource source, CancellationToken cancellationToken) =>
        await _table.FindAsync(StatePartition, $"{source}", cancellationToken) is { } row
            ? IndexState.Of(source, row)
            : null;

    /// <summary>Begins the index of a queue, if nobody has.</summary>
    public async Task<IndexState> BeginAsync(JobSource source, CancellationToken cancellationToken)
    {
        await _table.TryAddAsync(new TableEntity(StatePartition, $"{source}"), cancellationToken);
        return IndexState.Of(source, await _table.GetAsync(StatePartition, $"{source}", cancellationToken));
    }

    /// <summary>Notes how far it is.</summary>
    /// <returns>
    /// The new state; null when the one that it was made from is no longer there: the table was lost meanwhile.
    /// </returns>
    public async Task<IndexState?> NoteAsync(IndexState state, CancellationToken cancellationToken) =>
        await _table.UpdateAsync(
            state.ToEntity(StatePartition), state.Version, TableUpdateMode.Replace, cancellationToken) is { } version
            ? state with { Version = version }
            : null;

    static bool IsOfSubscription(DeadLetter letter) =>
        letter.SubscriptionId is { } id && Subscriptions.SubscriptionId.IsValid(id);
}

/// <summary>How far the index of a queue is.</summary>
/// <param name="Source">The queue.</param>
/// <param name="IsWalked">Whether what lay deferred in the queue when the table was made is in it.</param>
/// <param name="UpToDateAt">Up to when all is in it; null when that was never.</param>
/// <param name="Version">The version of the row.</param>
internal sealed record IndexState(JobSource Source, bool IsWalked, DateTimeOffset? UpToDateAt, ETag Version)
{
    public TableEntity ToEntity(string partition)
    {
        var entity = new TableEntity(partition, $"{Source}") { [nameof(IsWalked)] = IsWalked };
        if (UpToDateAt is { } at)
        {
            entity[nameof(UpToDateAt)] = at;
        }

        return entity;
    }

    public static IndexState Of(JobSource source, TableEntity row) => new(
        source, row.Value<bool>(nameof(IsWalked)) ?? false, row.Value<DateTimeOffset>(nameof(UpToDateAt)), row.ETag);
}

/// <summary>A subscription for which something is parked, or was.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="SubscriptionId">Its id.</param>
/// <param name="Version">The version of the mark.</param>
internal sealed record ParkedMark(string Tenant, string SubscriptionId, ETag Version);

/// <summary>A message as the index has it.</summary>
internal sealed record IndexRow(string Key, DeadLetter Letter)
{
    /// <summary>The column of the time at which the message was last seen in its queue.</summary>
    public const string SeenAt = nameof(SeenAt);

    /// <summary>By which its queue gives it out.</summary>
    public long Number => long.Parse(Letter.SequenceNumber, CultureInfo.InvariantCulture);

    public static IndexRow Of(JobSource source, DeadLetter letter) => new(IndexRange.KeyOf(source, letter), letter);

    /// <param name="at">When the message was seen in its queue.</param>
    public TableEntity ToEntity(DateTimeOffset at)
    {
        var entity = new TableEntity(Letter.Tenant, Key) { [SeenAt] = at };
        (string Name, object? Value)[] cells =
        [
            (nameof(DeadLetter.SequenceNumber), Letter.SequenceNumber),
            (nameof(DeadLetter.SubscriptionId), Letter.SubscriptionId),
            (nameof(DeadLetter.DeliveryId), Letter.DeliveryId),
            (nameof(DeadLetter.EventId), Letter.EventId),
            (nameof(DeadLetter.Event), Letter.Event),
            (nameof(DeadLetter.Run), Letter.Run),
            (nameof(DeadLetter.Attempt), Letter.Attempt),
            (nameof(DeadLetter.Reason), Letter.Reason),
            (nameof(DeadLetter.Description), Letter.Description),
            (nameof(DeadLetter.FailedAt), Letter.FailedAt),
            (nameof(DeadLetter.AcceptedAt), Letter.AcceptedAt),
            (nameof(DeadLetter.Size), Letter.Size),
        ];
        foreach (var (name, value) in cells)
        {
            if (value is not null)
            {
                entity[name] = value;
            }
        }

        return entity;
    }

    /// <returns>Null when the row does not say which message is meant: a rebuild makes it again.</returns>
    public static IndexRow? Of(IndexRange range, TableEntity entity) =>
        long.TryParse(
            entity.Text(nameof(DeadLetter.SequenceNumber)), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
        && entity.Value<DateTimeOffset>(nameof(DeadLetter.FailedAt)) is { } failedAt
            ? new(entity.RowKey, new DeadLetter
            {
                Queue = range.Source.QueueName(),
                Tenant = entity.PartitionKey,
                SequenceNumber = number.ToString(CultureInfo.InvariantCulture),
                SubscriptionId = entity.Text(nameof(DeadLetter.SubscriptionId)),
                DeliveryId = entity.Text(nameof(DeadLetter.DeliveryId)),
                EventId = entity.Text(nameof(DeadLetter.EventId)),
                Event = entity.Text(nameof(DeadLetter.Event)),
                Run = entity.Value<int>(nameof(DeadLetter.Run)),
                Attempt = entity.Value<int>(nameof(DeadLetter.Attempt)),
                Reason = entity.Text(nameof(DeadLetter.Reason)),
                Description = entity.Text(nameof(DeadLetter.Description)),
                FailedAt = failedAt,
                AcceptedAt = entity.Value<DateTimeOffset>(nameof(DeadLetter.AcceptedAt)),
                Size = entity.Value<int>(nameof(DeadLetter.Size)) ?? 0,
            })
            : null;
}

/// <summary>A range of a tenant's keys, and a condition on what lies in it. Pure.</summary>
internal sealed record IndexRange(JobSource Source)
{
    const char Separator = '_';

    // The character after the separator: sorts after all that goes on with it.
    const char Beyond = (char)(Separator + 1);

    const string Parked = "waiting";
    const string NoSubscription = "-";

    /// <summary>The earliest time of failure, inclusive; of dead letters only.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The latest time of failure, or of parking, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    public string? SubscriptionId { get; init; }
    public string? Reason { get; init; }
    public string? Event { get; init; }

    /// <summary>Only keys that come before this one.</summary>
    public string? KeyBefore { get; init; }

    /// <summary>Only what was last seen in its queue before this time.</summary>
    public DateTimeOffset? SeenBefore { get; init; }

    /// <summary>The key of a message: computed from what never changes of it.</summary>
    public static string KeyOf(JobSource source, DeadLetter letter)
    {
        var number = long.Parse(letter.SequenceNumber, CultureInfo.InvariantCulture);
        var accepted = letter.AcceptedAt ?? letter.FailedAt;
        return source == JobSource.Parked
            ? $"{ParkedOf(letter.SubscriptionId)}{Hex(accepted.UtcTicks)}{Separator}{Hex(number)}"
            : $"{Prefix(source)}{Reversed(letter.FailedAt)}{Separator}{Hex(long.MaxValue - number)}";
    }

    /// <summary>As the table is asked.</summary>
    public string Of(string tenant, string? after)
    {
        var prefix = Source == JobSource.Parked && SubscriptionId is not null
            ? ParkedOf(SubscriptionId)
            : Prefix(Source);
        var first = IsDated && To is { } to ? $"{Prefix(Source)}{Reversed(to, 1)}" : prefix;
        var last = IsDated && From is { } from ? $"{Prefix(Source)}{Reversed(from, 1)}" : prefix[..^1] + Beyond;
        string?[] terms =
        [
            Term($"PartitionKey eq {tenant} and RowKey ge {first} and RowKey lt {last}"),
            after is null ? null : Term($"RowKey gt {after}"),
            KeyBefore is null ? null : Term($"RowKey lt {KeyBefore}"),
            To is null || IsDated ? null : Term($"FailedAt lt {To}"),
            SeenBefore is null ? null : Term($"SeenAt lt {SeenBefore}"),
            SubscriptionId is null ? null : Term($"SubscriptionId eq {SubscriptionId}"),
            Reason is null ? null : Term($"Reason eq {Reason}"),
            Event is null ? null : Term($"Event eq {Event}"),
        ];
        return string.Join(" and ", terms.OfType<string>());
    }

    static string Term(FormattableString filter) => TableClient.CreateQueryFilter(filter);

    // What is parked lies by subscription, not by time.
    bool IsDated => Source != JobSource.Parked;

    static string Prefix(JobSource source) =>
        $"{(source == JobSource.Parked ? Parked : source.QueueName())}{Separator}";

    // A stranger's message may name anything.
    static string ParkedOf(string? subscriptionId)
    {
        var isOne = Subscriptions.SubscriptionId.IsValid(subscriptionId ?? "");
        return $"{Parked}{Separator}{(isOne ? subscriptionId : NoSubscription)}{Separator}";
    }

    static string Reversed(DateTimeOffset time, int more = 0) => Hex(DateTime.MaxValue.Ticks - time.UtcTicks + more);

    static string Hex(long value) => value.ToString("x16", CultureInfo.InvariantCulture);
}
