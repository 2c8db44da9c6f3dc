using System.Globalization;
using System.Security.Cryptography;
using Atrium.Functions.Contract;
using Atrium.Functions.Secrets;
using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>Subscriptions in Table Storage, a partition a tenant: no method here can reach another tenant's.</summary>
/// <remarks>
/// All methods throw <see cref="RequestFailedException"/> when the table fails. Of what is not in a table that is being
/// restored nobody knows whether it was deleted: asking for it fails as in an outage.
/// </remarks>
internal sealed class SubscriptionStore(TableServiceClient tables, RestoreMark restore)
{
    public const string TableName = "Subscriptions";

    const string First = SubscriptionId.Notices;
    const string Beyond = SubscriptionId.AfterPrefix;

    readonly TableGateway _table = TableOf(tables);

    /// <summary>
    /// The table, which is made at start: without it, nobody knows whether a subscription was deleted.
    /// </summary>
    public static TableGateway TableOf(TableServiceClient tables) => new(tables, TableName, isMadeAtStart: true);

    /// <summary>All subscriptions of a tenant to events, oldest first.</summary>
    public async Task<IReadOnlyList<Subscription>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {tenant} and RowKey gt {First} and RowKey lt {Beyond}");
        return await ReadAsync(
            () => _table.QueryAsync(filter, null, cancellationToken)
                .Select(SubscriptionEntity.ToSubscription)
                .OrderBy(subscription => subscription.CreatedAt)
                .ThenBy(subscription => subscription.Id, StringComparer.Ordinal)
                .ToListAsync(cancellationToken),
            // A tenant's come back all at once.
            all => all.Count == 0,
            cancellationToken);
    }

    /// <returns>Null when the tenant has no such subscription.</returns>
    public async Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await ReadAsync(
            async () => await LookAsync(tenant, id, cancellationToken), found => found is null, cancellationToken);

    /// <summary>
    /// What the table has at the moment: that there is nothing may also mean that it is being restored.
    /// </summary>
    public async Task<Subscription?> LookAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await _table.FindAsync(tenant, id, cancellationToken) is { } row
            ? SubscriptionEntity.ToSubscription(row)
            : null;

    /// <summary>Adds a subscription, in one transaction with other rows of its tenant.</summary>
    /// <returns>
    /// It with its version, or null when nothing was written, because one of the other rows has changed.
    /// </returns>
    public async Task<Subscription?> AddAsync(
        Subscription subscription, IEnumerable<TableTransactionAction> others, CancellationToken cancellationToken)
    {
        var row = new TableTransactionAction(TableTransactionActionType.Add, SubscriptionEntity.ToEntity(subscription));
        return await _table.SubmitAsync([row, .. others], cancellationToken) is { } version
            ? subscription with { Version = version }
            : null;
    }

    /// <summary>
    /// Writes a subscription in place of the version that it was made from. Writes only the cells that change. Cells
    /// that a later version added stay.
    /// </summary>
    /// <remarks>Not merged by the table: that cannot clear a cell.</remarks>
    /// <returns>It with its new version, or null when somebody else has changed or removed it meanwhile.</returns>
    public async Task<Subscription?> ReplaceAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        if (await _table.FindAsync(subscription.Tenant, subscription.Id, cancellationToken) is not { } row
            || row.ETag != subscription.Version)
        {
            return null;
        }

        SubscriptionEntity.Change(row, subscription);
        return await _table.UpdateAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken) is { } version
            ? subscription with { Version = version }
            : null;
    }

    /// <summary>Removes a subscription in the version that was read.</summary>
    /// <returns>False when somebody else has changed it meanwhile.</returns>
    public Task<bool> RemoveAsync(Subscription subscription, CancellationToken cancellationToken) =>
        _table.RemoveAsync(subscription.Tenant, subscription.Id, subscription.Version, cancellationToken);

    async Task<T> ReadAsync<T>(
        Func<ValueTask<T>> read, Predicate<T> isMissing, CancellationToken cancellationToken)
    {
        var found = await read();
        // A restore may have brought it, and ended, since it was looked for.
        return isMissing(found) && await restore.ThrowIfSetAsync(cancellationToken) ? await read() : found;
    }
}

/// <summary>
/// A subscription's id: drawn and never reused, because the vault keeps the name of a deleted secret for months.
/// </summary>
internal static class SubscriptionId
{
    public const string Prefix = "sub_";

    /// <summary>Comes after all ids: other rows of a tenant's partition are told from them by it.</summary>
    public const string AfterPrefix = "sub`";

    /// <summary>
    /// The one by which a tenant gets notices of the others. It comes before all that are drawn.
    /// </summary>
    public const string Notices = Prefix + "00000000000000000000";

    const int Digits = 20;

    public static string Draw() => Prefix + RandomNumberGenerator.GetHexString(Digits, lowercase: true);

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + Digits && id.StartsWith(Prefix, StringComparison.Ordinal)
            && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);

    /// <summary>Whether it can be a subscription to events, which its admin sees and changes as one.</summary>
    public static bool IsForEvents(string id) => IsValid(id) && id != Notices;
}

/// <summary>
/// A subscription as a table row, and back. The row names its secrets in the vault, and is written after them.
/// </summary>
internal static class SubscriptionEntity
{
    const string FailingBy = nameof(FailingBy);
    const string FailingSince = nameof(FailingSince);
    const string HeaderNames = nameof(HeaderNames);
    const string HeadersName = nameof(HeadersName);
    const string HeadersVersion = nameof(HeadersVersion);
    const string SecretName = nameof(SecretName);
    const string SecretVersion = nameof(SecretVersion);

    public static TableEntity ToEntity(Subscription subscription) =>
        new TableEntity(subscription.Tenant, subscription.Id)
        {
            [nameof(Subscription.Url)] = subscription.Url,
            [nameof(Subscription.Events)] = string.Join(',', subscription.Events),
            [nameof(Subscription.CreatedAt)] = subscription.CreatedAt,
            [nameof(Subscription.Name)] = subscription.Name,
            [nameof(Subscription.PausedAt)] = subscription.PausedAt,
            [nameof(Subscription.EnabledAt)] = subscription.EnabledAt,
            [FailingSince] = subscription.Failing?.Since,
            [FailingBy] = subscription.Failing?.By ?? subscription.FailedBy,
            [SecretName] = subscription.Secret?.Name,
            [SecretVersion] = subscription.Secret?.Version,
            [nameof(Subscription.SecretCreatedAt)] = subscription.SecretCreatedAt,
            [nameof(Subscription.EarlierSecrets)] = subscription.EarlierSecrets.Count == 0
                ? null
                : string.Join(' ', subscription.EarlierSecrets.Select(Text)),
            [HeaderNames] = subscription.Headers is { } headers ? string.Join(',', headers.Names) : null,
            [HeadersName] = subscription.Headers?.Values.Name,
            [HeadersVersion] = subscription.Headers?.Values.Version,
        }.WithoutNulls();

    /// <summary>Makes a row the subscription's, and touches no cell that says the same already.</summary>
    /// <param name="row">As it was read, whatever is in it.</param>
    /// <param name="subscription">What was made of what is in it.</param>
    public static void Change(TableEntity row, Subscription subscription)
    {
        var (before, after) = (ToEntity(ToSubscription(row)), ToEntity(subscription));
        foreach (var name in before.Keys.Union(after.Keys))
        {
            if (after.TryGetValue(name, out var value) && before.TryGetValue(name, out var read)
                && Equals(value, read))
            {
                continue;
            }

            // First, since what takes the place of a value is converted to its type.
            row.Remove(name);
            if (value is not null)
            {
                row[name] = value;
            }
        }
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
        Name = entity.Text(nameof(Subscription.Name)),
        Url = entity.Text(nameof(Subscription.Url)) ?? "",
        Events = entity.Text(nameof(Subscription.Events))?.Split(',') ?? [EventSelection.All],
        CreatedAt = entity.Value<DateTimeOffset>(nameof(Subscription.CreatedAt)) ?? DateTimeOffset.UnixEpoch,
        PausedAt = entity.Value<DateTimeOffset>(nameof(Subscription.PausedAt)),
        EnabledAt = entity.Value<DateTimeOffset>(nameof(Subscription.EnabledAt)),
        Failing = entity.Value<DateTimeOffset>(FailingSince) is { } since
            ? new(since, entity.Text(FailingBy) ?? "")
            : null,
        FailedBy = entity.Value<DateTimeOffset>(FailingSince) is null ? entity.Text(FailingBy) : null,
        Version = entity.ETag,
        Secret = entity.ContainsKey(SecretName) ? Reference(entity, SecretName, SecretVersion) : null,
        SecretCreatedAt = entity.Value<DateTimeOffset>(nameof(Subscription.SecretCreatedAt)),
        EarlierSecrets = entity.ContainsKey(nameof(Subscription.EarlierSecrets)) ? [.. Earlier(entity)] : [],
        Headers = entity.ContainsKey(HeadersName) ? Headers(entity) : null,
    };

    // Secrets and headers whose cells cannot be read are there all the same: a delivery waits for them, and is never
    // sent unsigned. A version that cannot be read is the newest: a name is given once.
    static SecretReference Reference(TableEntity entity, string name, string version) =>
        entity.Text(name) is { } text && SecretReference.IsName(text)
            ? new(text, entity.Text(version) is { } newest && SecretReference.IsName(newest) ? newest : "")
            : SecretReference.Unreadable;

    static CustomHeaders Headers(TableEntity entity) => entity.Text(HeaderNames) is { } names
        ? new(names.Split(','), Reference(entity, HeadersName, HeadersVersion))
        : new([], SecretReference.Unreadable);

    static IEnumerable<EarlierSecret> Earlier(TableEntity entity) =>
        entity.Text(nameof(Subscription.EarlierSecrets))
            ?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Earlier)
        ?? [EarlierSecret.Unreadable];

    static string Text(EarlierSecret earlier) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{earlier.Reference.Name}/{earlier.Reference.Version}/{earlier.SignsUntil.UtcTicks}");

    static EarlierSecret Earlier(string text) =>
        text.Split('/') is [var name, var version, var ticks]
        && SecretReference.IsName(name) && (version.Length == 0 || SecretReference.IsName(version))
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && until <= DateTimeOffset.MaxValue.Ticks
            ? new(new SecretReference(name, version), new DateTimeOffset(until, TimeSpan.Zero))
            : EarlierSecret.Unreadable;
}
