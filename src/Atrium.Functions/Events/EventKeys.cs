using Atrium.Functions.Deliveries;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Events;

/// <summary>
/// Remembers which event each <c>Idempotency-Key</c> came with, a partition a tenant. Of key and event there is a hash
/// only. Duplicate detection cannot be asked for it: it drops what it knows, whatever that holds.
/// </summary>
internal sealed class EventKeys(TableServiceClient tables, TimeProvider time)
{
    /// <summary>How long a key is remembered: longer than a client goes on trying, as for subscriptions.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    const string EventId = nameof(EventId);
    const string UsedAt = nameof(UsedAt);
    const int NotFound = 404;
    const int Conflict = 409;
    const int PreconditionFailed = 412;

    /// <summary>Lets a key stand for an event, unless it stands for another. Safe to repeat.</summary>
    /// <param name="tenant">Whose key.</param>
    /// <param name="key">As the client sent it.</param>
    /// <param name="eventId">Differs for events that differ in a byte.</param>
    /// <param name="cancellationToken">Cancelled when the client goes away.</param>
    /// <returns>False when the key came with another event within <see cref="KeptFor"/>.</returns>
    /// <exception cref="RequestFailedException">The table failed.</exception>
    public async Task<bool> TryTakeAsync(string tenant, string key, string eventId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var row = new TableEntity(tenant, DeliveryId.Hash(key)) { [EventId] = eventId, [UsedAt] = now };
        var table = tables.GetTableClient(EventKeyTable.Name(now));
        var earlier = tables.GetTableClient(EventKeyTable.Name(now - KeptFor));
        // In the first day of a week, the key may be in the table of the week before.
        if (earlier.Name != table.Name && await FindAsync(earlier, row, cancellationToken) is { } lastWeeks
            && IsKept(lastWeeks, now))
        {
            return IsOf(lastWeeks, eventId);
        }

        if (await TryAddAsync(table, row, cancellationToken))
        {
            return true;
        }

        var there = await GetAsync(table, row, cancellationToken);
        return IsKept(there, now)
            ? IsOf(there, eventId)
            : await TryReplaceAsync(table, row, there.ETag, cancellationToken)
                || IsOf(await GetAsync(table, row, cancellationToken), eventId);
    }

    static bool IsKept(TableEntity row, DateTimeOffset now) => now < row.GetDateTimeOffset(UsedAt) + KeptFor;

    static bool IsOf(TableEntity row, string eventId) => row.GetString(EventId) == eventId;

    static async Task<TableEntity?> FindAsync(TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(
            row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    static async Task<TableEntity> GetAsync(TableClient table, TableEntity row, CancellationToken cancellationToken) =>
        (await table.GetEntityAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken))
            .Value;

    // Whoever comes second finds what the first has written; so does the client that tries again after a lost answer.
    static async Task<bool> TryAddAsync(TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await AddAsync(table, row, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == Conflict)
        {
            return false;
        }
    }

    static async Task AddAsync(TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
            await table.AddEntityAsync(row, cancellationToken);
        }
    }

    static async Task<bool> TryReplaceAsync(
        TableClient table, TableEntity row, ETag there, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(row, there, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == PreconditionFailed)
        {
            return false;
        }
    }
}
