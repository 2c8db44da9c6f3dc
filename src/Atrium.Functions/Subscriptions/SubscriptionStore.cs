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

    readonly TableClient _table = tables.GetTableClient(TableName);

    /// <summary>All subscriptions of a tenant, oldest first.</summary>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<IReadOnlyList<Subscription>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        var found = new List<Subscription>();
        try
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {tenant}");
            await foreach (var entity in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                found.Add(SubscriptionEntity.ToSubscription(entity));
            }
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            // The table is made with the first subscription.
        }

        return found.OrderBy(subscription => subscription.CreatedAt).ToList();
    }

    /// <returns>Null when the tenant has no such subscription.</returns>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        // No table is no subscription, too: it is made with the first.
        var entity = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, id, cancellationToken: cancellationToken);
        return entity.HasValue ? SubscriptionEntity.ToSubscription(entity.Value!) : null;
    }

    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task AddAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var entity = SubscriptionEntity.ToEntity(subscription);
        try
        {
            await _table.AddEntityAsync(entity, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            await _table.CreateIfNotExistsAsync(cancellationToken);
            await _table.AddEntityAsync(entity, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == Conflict)
        {
            // The client tried again after an answer was lost: ids are drawn, so the row is ours.
        }
    }

    /// <summary>Writes a subscription in place of the version that it was made from.</summary>
    /// <returns>It with its new version, or null when somebody else has changed or removed it meanwhile.</returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task<Subscription?> ReplaceAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _table.UpdateEntityAsync(SubscriptionEntity.ToEntity(subscription), subscription.Version, TableUpdateMode.Replace, cancellationToken);
            return subscription with { Version = answer.Headers.ETag!.Value };
        }
        catch (RequestFailedException e) when (e.Status is NotFound or PreconditionFailed)
        {
            return null;
        }
    }

    /// <summary>Removes a subscription; safe to repeat.</summary>
    /// <exception cref="RequestFailedException">The table did not remove it.</exception>
    public Task RemoveAsync(string tenant, string id, CancellationToken cancellationToken) =>
        _table.DeleteEntityAsync(tenant, id, ETag.All, cancellationToken);
}
