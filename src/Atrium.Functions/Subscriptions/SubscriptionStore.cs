using System.Globalization;
using System.Security.Cryptography;
using Atrium.Functions.Contract;
using Atrium.Functions.Secrets;
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

/// <summary>
/// A subscription as a table row, and back. The row names its secrets in the vault, and is written after them.
/// </summary>
internal static class SubscriptionEntity
{
    const string HeaderNames = nameof(HeaderNames);
    const string HeadersName = nameof(HeadersName);
    const string HeadersVersion = nameof(HeadersVersion);
    const string SecretName = nameof(SecretName);
    const string SecretVersion = nameof(SecretVersion);

    public static TableEntity ToEntity(Subscription subscription)
    {
        var entity = new TableEntity(subscription.Tenant, subscription.Id)
        {
            [nameof(Subscription.Url)] = subscription.Url,
            [nameof(Subscription.Events)] = string.Join(',', subscription.Events),
            [nameof(Subscription.CreatedAt)] = subscription.CreatedAt,
        };
        if (subscription.Name is { } name)
        {
            entity[nameof(Subscription.Name)] = name;
        }

        if (subscription.PausedAt is { } pausedAt)
        {
            entity[nameof(Subscription.PausedAt)] = pausedAt;
        }

        if (subscription.Secret is { } secret)
        {
            entity[SecretName] = secret.Name;
            entity[SecretVersion] = secret.Version;
        }

        if (subscription.EarlierSecrets.Count > 0)
        {
            entity[nameof(Subscription.EarlierSecrets)] = string.Join(' ', subscription.EarlierSecrets.Select(Text));
        }

        if (subscription.Headers is { } headers)
        {
            entity[HeaderNames] = string.Join(',', headers.Names);
            entity[HeadersName] = headers.Values.Name;
            entity[HeadersVersion] = headers.Values.Version;
        }

        return entity;
    }

    /// <summary>
    /// Reads a row, whatever is in it. A cell that cannot be read is taken as if it were not there: a later version may
    /// have written it before it was rolled back, or somebody by hand, and the tenant's other subscriptions must go on.
    /// Without its events a subscription takes all, and without its URL every attempt fails as blocked, so that what is
    /// due for it is dead-lettered, and can be replayed once somebody has saved it again.
    /// </summary>
    public static Subscription ToSubscription(TableEntity entity) => new()
    {
        Tenant = entity.PartitionKey,
        Id = entity.RowKey,
        Name = Text(entity, nameof(Subscription.Name)),
        Url = Text(entity, nameof(Subscription.Url)) ?? "",
        Events = Text(entity, nameof(Subscription.Events))?.Split(',') ?? [EventSelection.All],
        CreatedAt = Time(entity, nameof(Subscription.CreatedAt)) ?? DateTimeOffset.UnixEpoch,
        PausedAt = Time(entity, nameof(Subscription.PausedAt)),
        Version = entity.ETag,
        Secret = Reference(entity, SecretName, SecretVersion),
        EarlierSecrets = Text(entity, nameof(Subscription.EarlierSecrets)) is { } earlier
            ? [.. earlier.Split(' ').Select(Earlier).OfType<EarlierSecret>()]
            : [],
        Headers = Text(entity, HeaderNames) is { } names && Reference(entity, HeadersName, HeadersVersion) is { } values
            ? new CustomHeaders(names.Split(','), values)
            : null,
    };

    static string? Text(TableEntity entity, string name) =>
        entity.TryGetValue(name, out var value) ? value as string : null;

    static DateTimeOffset? Time(TableEntity entity, string name) =>
        entity.TryGetValue(name, out var value) ? value as DateTimeOffset? : null;

    // A secret whose name cannot be read is there all the same: a delivery waits for it, and is never sent unsigned.
    static SecretReference? Reference(TableEntity entity, string name, string version) =>
        entity.ContainsKey(name)
            ? new SecretReference(Text(entity, name) ?? "unreadable", Text(entity, version) ?? "")
            : null;

    // Names in the vault hold letters, digits and hyphens only, and versions the like.
    static string Text(EarlierSecret earlier) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{earlier.Reference.Name}/{earlier.Reference.Version}/{earlier.SignsUntil.UtcTicks}");

    static EarlierSecret? Earlier(string text) =>
        text.Split('/') is [var name, var version, var ticks]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && until <= DateTimeOffset.MaxValue.Ticks
            ? new EarlierSecret(new SecretReference(name, version), new DateTimeOffset(until, TimeSpan.Zero))
            : null;
}
