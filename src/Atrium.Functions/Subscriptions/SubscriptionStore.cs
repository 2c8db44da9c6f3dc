using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>Subscriptions in Table Storage, a partition a tenant: no method here can reach another tenant's.</summary>
internal sealed class SubscriptionStore(TableServiceClient tables)
{
    public const string TableName = "Subscriptions";

    const int NotFound = 404;
    const int Conflict = 409;
    const int PreconditionFailed = 412;

    // Tells one's own write from another's.
    const string Mark = "Write";
    const int MarkBytes = 8;

    readonly TableClient _table = tables.GetTableClient(TableName);

    /// <summary>All subscriptions of a tenant, oldest first.</summary>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<IReadOnlyList<Subscription>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        var found = new List<Subscription>();
        try
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey ge {SubscriptionId.Prefix} and RowKey lt {SubscriptionId.AfterPrefix}");
            await foreach (var entity in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                found.Add(SubscriptionEntity.ToSubscription(entity));
            }
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            // The table is made with the first subscription.
        }

        return found.OrderBy(subscription => subscription.CreatedAt).ThenBy(subscription => subscription.Id, StringComparer.Ordinal).ToList();
    }

    /// <returns>Null when the tenant has no such subscription.</returns>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        // No table is no subscription, too: it is made with the first.
        var entity = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, id, cancellationToken: cancellationToken);
        return entity.HasValue ? SubscriptionEntity.ToSubscription(entity.Value!) : null;
    }

    /// <summary>Adds a subscription, in one transaction with other rows of its tenant.</summary>
    /// <returns>It with its version, or null when nothing was written, because one of the other rows has changed or the table had to be made first.</returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task<Subscription?> AddAsync(Subscription subscription, IEnumerable<TableTransactionAction> others, CancellationToken cancellationToken)
    {
        var row = new TableTransactionAction(TableTransactionActionType.Add, SubscriptionEntity.ToEntity(subscription));
        try
        {
            var answers = await _table.SubmitTransactionAsync([row, .. others], cancellationToken);
            return subscription with { Version = answers.Value[0].Headers.ETag!.Value };
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            await _table.CreateIfNotExistsAsync(cancellationToken);
            return null;
        }
        catch (RequestFailedException e) when (e.Status is Conflict or PreconditionFailed)
        {
            // Or the client tried again after an answer was lost. Ids are drawn, so the row is ours if it is there.
            return await FindAsync(subscription.Tenant, subscription.Id, cancellationToken);
        }
    }

    /// <summary>Writes a subscription in place of the version that it was made from.</summary>
    /// <returns>It with its new version, or null when somebody else has changed or removed it meanwhile.</returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task<Subscription?> ReplaceAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var entity = SubscriptionEntity.ToEntity(subscription);
        var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(MarkBytes));
        entity[Mark] = mark;
        try
        {
            var answer = await _table.UpdateEntityAsync(entity, subscription.Version, TableUpdateMode.Replace, cancellationToken);
            return subscription with { Version = answer.Headers.ETag!.Value };
        }
        catch (RequestFailedException e) when (e.Status is NotFound or PreconditionFailed)
        {
            // The client tries again after an answer was lost, and then meets the row that it wrote itself.
            var row = await _table.GetEntityIfExistsAsync<TableEntity>(subscription.Tenant, subscription.Id, cancellationToken: cancellationToken);
            return row.HasValue && row.Value!.GetString(Mark) == mark ? SubscriptionEntity.ToSubscription(row.Value) : null;
        }
    }

    /// <summary>Removes a subscription in the version that was read.</summary>
    /// <returns>False when somebody else has changed it meanwhile.</returns>
    /// <exception cref="RequestFailedException">The table did not remove it.</exception>
    public async Task<bool> RemoveAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            await _table.DeleteEntityAsync(subscription.Tenant, subscription.Id, subscription.Version, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == PreconditionFailed)
        {
            return false;
        }
    }
}
