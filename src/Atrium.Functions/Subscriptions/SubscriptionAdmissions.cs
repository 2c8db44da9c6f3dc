using System.Security.Cryptography;
using System.Text;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Adds subscriptions, a tenant's one after the other: each addition writes the tenant's guard row in the version that
/// was there before the others were counted, in one transaction. So neither the most that a tenant may have nor an
/// <c>Idempotency-Key</c> can be overrun.
/// </summary>
internal sealed class SubscriptionAdmissions(TableServiceClient tables, SubscriptionStore store, TimeProvider time)
{
    /// <summary>Every event costs a delivery for each of them.</summary>
    public const int MaxPerTenant = 20;

    const string GuardRow = "guard";
    const string MadeId = "SubscriptionId";
    const string CreatedAt = "CreatedAt";
    const string FirstSecret = "FirstSecret";
    const string FirstHeaders = "FirstHeaders";

    readonly TableGateway _table = SubscriptionStore.TableOf(tables);

    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<Admission> AskAsync(string tenant, CreationKey? key, CancellationToken cancellationToken)
    {
        // Before all else is looked at: whoever is let in meanwhile changes it.
        var guard = await _table.FindAsync(tenant, GuardRow, cancellationToken);
        var used = key is null ? null : await _table.FindAsync(tenant, key.Row, cancellationToken);
        // A row that cannot be read remembers nothing.
        if (used?.Text(nameof(CreationKey.Fingerprint)) is { } fingerprint && used.Text(MadeId) is { } madeId
            && used.Value<DateTimeOffset>(CreatedAt) > time.GetUtcNow() - IdempotencyKey.KeptFor)
        {
            return fingerprint != key!.Fingerprint ? new Admission.KeyOfAnother()
                : await store.FindAsync(tenant, madeId, cancellationToken) is { } made
                    ? new Admission.Made(made, Reference(used, FirstSecret), Reference(used, FirstHeaders))
                : new Admission.MadeAndDeleted();
        }

        return (await store.ListAsync(tenant, cancellationToken)).Count >= MaxPerTenant
            ? new Admission.Full()
            : new Admission.Open(guard?.ETag, used?.ETag);
    }

    /// <returns>The subscription with its version, or null when somebody else came first: ask again.</returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task<Subscription?> AddAsync(
        Subscription subscription, CreationKey? key, Admission.Open admission, CancellationToken cancellationToken) =>
        await store.AddAsync(subscription, Rows(subscription, key, admission), cancellationToken)
        // The id was drawn for it: if it is there, it was added here, whoever has changed it since.
        ?? await store.FindAsync(subscription.Tenant, subscription.Id, cancellationToken);

    /// <summary>Removes the rows of keys whose time has passed, of all tenants.</summary>
    /// <remarks>
    /// Nothing has the keys of all tenants, so this walks through the table, up to four times a night, and the backup
    /// once more. They share no walk: one that fails must not keep the other.
    /// </remarks>
    /// <returns>How many were removed.</returns>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<int> PurgeKeysAsync(FailureCollector failures, CancellationToken cancellationToken)
    {
        var removed = 0;
        var filter = TableClient.CreateQueryFilter(
            $"RowKey ge {CreationKey.Prefix} and RowKey lt {CreationKey.AfterPrefix}");
        var expired = await _table.QueryAsync(filter, null, cancellationToken)
            .Where(row => (row.Value<DateTimeOffset>(CreatedAt) ?? row.Timestamp)
                <= time.GetUtcNow() - IdempotencyKey.KeptFor)
            .ToListAsync(cancellationToken);
        foreach (var row in expired)
        {
            await failures.TryAsync($"idempotency key of tenant {row.PartitionKey}", async () =>
            {
                // One that was used anew meanwhile stays.
                removed += await _table.RemoveAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken) ? 1 : 0;
            });
        }

        return removed;
    }

    IEnumerable<TableTransactionAction> Rows(Subscription subscription, CreationKey? key, Admission.Open admission)
    {
        yield return Written(
            new TableEntity(subscription.Tenant, GuardRow), admission.Guard, TableTransactionActionType.UpdateMerge);
        if (key is not null)
        {
            var row = new TableEntity(subscription.Tenant, key.Row)
            {
                [MadeId] = subscription.Id,
                [nameof(CreationKey.Fingerprint)] = key.Fingerprint,
                [CreatedAt] = time.GetUtcNow(),
                [FirstSecret] = Text(subscription.Secret),
                [FirstHeaders] = Text(subscription.Headers?.Values),
            };
            yield return Written(row, admission.ExpiredKey, TableTransactionActionType.UpdateReplace);
        }
    }

    // Names in the vault hold letters, digits and hyphens only, and versions the like.
    static string Text(SecretReference? reference) => reference is null ? "" : $"{reference.Name}/{reference.Version}";

    // Rows of earlier versions do not have it.
    static SecretReference? Reference(TableEntity key, string column) =>
        key.Text(column)?.Split('/') is [var name, var version]
        && SecretReference.IsName(name) && SecretReference.IsName(version)
            ? new SecretReference(name, version)
            : null;

    static TableTransactionAction Written(TableEntity row, ETag? before, TableTransactionActionType update) =>
        before is { } version
        ? new(update, row, version)
        : new(TableTransactionActionType.Add, row);
}

/// <summary>Whether a new subscription may be added.</summary>
internal abstract record Admission
{
    /// <summary>It may, unless somebody else comes first.</summary>
    /// <param name="Guard">The version of the tenant's guard row; null when there is none yet.</param>
    /// <param name="ExpiredKey">The version of the key's row, when it is there and its time has passed.</param>
    internal sealed record Open(ETag? Guard, ETag? ExpiredKey) : Admission;

    /// <summary>The tenant has as many as it may have.</summary>
    internal sealed record Full : Admission;

    /// <summary>The same request came before, as far as its <see cref="CreationKey.Fingerprint"/> tells.</summary>
    /// <param name="Subscription">What it made, as it is now.</param>
    /// <param name="Secret">The secret that it was made with; null for none.</param>
    /// <param name="HeaderValues">The values of headers that it was made with; null for none.</param>
    internal sealed record Made(Subscription Subscription, SecretReference? Secret, SecretReference? HeaderValues)
        : Admission;

    /// <summary>The same request came before, and what it made is deleted.</summary>
    internal sealed record MadeAndDeleted : Admission;

    /// <summary>Another request came with the same key.</summary>
    internal sealed record KeyOfAnother : Admission;
}

/// <summary>
/// An <c>Idempotency-Key</c> and the request that it came with, as they are kept: the values of secrets and headers are
/// no part of it. They are compared in the vault.
/// </summary>
/// <param name="Row">The key of the row that remembers it.</param>
/// <param name="Fingerprint">Differs for requests that differ in anything else than the values of secrets and
/// headers.</param>
internal sealed record CreationKey(string Row, string Fingerprint)
{
    /// <summary>What the rows of keys begin with.</summary>
    public const string Prefix = "key_";

    /// <summary>Comes after all rows of keys.</summary>
    public const string AfterPrefix = "key`";

    public static CreationKey Of(string key, ValidatedSettings settings, SubscriptionRequest request) => new(
        Prefix + Hash(key),
        // None of the parts can hold a line break.
        Hash(string.Join('\n',
        [
            settings.Name,
            settings.Url,
            string.Join(',', settings.Events.Order(StringComparer.Ordinal)),
            string.Join(
                ',', settings.Headers.Keys.Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal)),
            request.GenerateSecret ? "generated" : request.Secret is null ? "none" : "own",
        ])));

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
