using System.Security.Cryptography;
using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>Subscriptions in Table Storage, a partition a tenant: no method here can reach another tenant's.</summary>
internal sealed class SubscriptionStore(TableServiceClient tables)
{
    public const string TableName = "Subscriptions";

    const string First = SubscriptionId.Prefix;
    const string Beyond = SubscriptionId.AfterPrefix;

    readonly TableGateway _table = new(tables, TableName);

    /// <summary>All subscriptions of a tenant, oldest first.</summary>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<IReadOnlyList<Subscription>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {tenant} and RowKey ge {First} and RowKey lt {Beyond}");
        return await _table.QueryAsync(filter, null, cancellationToken)
            .Select(SubscriptionEntity.ToSubscription)
            .OrderBy(subscription => subscription.CreatedAt)
            .ThenBy(subscription => subscription.Id, StringComparer.Ordinal)
            .ToListAsync(cancellationToken);
    }

    /// <returns>Null when the tenant has no such subscription.</returns>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await _table.FindAsync(tenant, id, cancellationToken) is { } row
            ? SubscriptionEntity.ToSubscription(row)
            : null;

    /// <summary>Adds a subscription, in one transaction with other rows of its tenant.</summary>
    /// <returns>
    /// It with its version, or null when nothing was written, because one of the other rows has changed.
    /// </returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task<Subscription?> AddAsync(
        Subscription subscription, IEnumerable<TableTransactionAction> others, CancellationToken cancellationToken)
    {
        var row = new TableTransactionAction(TableTransactionActionType.Add, SubscriptionEntity.ToEntity(subscription));
        return await _table.SubmitAsync([row, .. others], cancellationToken) is { } version
            ? subscription with { Version = version }
            : null;
    }

    /// <summary>Writes a subscription in place of the version that it was made from.</summary>
    /// <returns>It with its new version, or null when somebody else has changed or removed it meanwhile.</returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task<Subscription?> ReplaceAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var row = SubscriptionEntity.ToEntity(subscription);
        return await _table.UpdateAsync(row, subscription.Version, TableUpdateMode.Replace, cancellationToken)
            is { } version
            ? subscription with { Version = version }
            : null;
    }

    /// <summary>Removes a subscription in the version that was read.</summary>
    /// <returns>False when somebody else has changed it meanwhile.</returns>
    /// <exception cref="RequestFailedException">The table did not remove it.</exception>
    public Task<bool> RemoveAsync(Subscription subscription, CancellationToken cancellationToken) =>
        _table.RemoveAsync(subscription.Tenant, subscription.Id, subscription.Version, cancellationToken);
}

/// <summary>
/// A subscription's id: drawn and never reused, because the vault keeps the name of a deleted secret for months.
/// </summary>
internal static class SubscriptionId
{
    public const string Prefix = "sub_";

    /// <summary>Comes after all ids: other rows of a tenant's partition are told from them by it.</summary>
    public const string AfterPrefix = "sub`";

    const int Bytes = 10;

    public static string Draw() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + 2 * Bytes && id.StartsWith(Prefix, StringComparison.Ordinal)
            && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}
