using Atrium.Functions.Contract;
using Atrium.Functions.Secrets;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Removes what has had its time: rotated secrets whose overlap has ended; secrets in the vault that no subscription
/// names, because a process died or the vault failed between the two writes of a change; and <c>Idempotency-Key</c>s
/// that are free again. Where a row names a secret in a form that cannot be read, all secrets of its subscription stay.
/// </summary>
internal sealed partial class SecretPurge(
    SubscriptionStore store,
    SubscriptionChanges changes,
    SubscriptionAdmissions admissions,
    SecretVault vault,
    TimeProvider time,
    ILogger<SecretPurge> logger)
{
    /// <summary>A secret is in the vault before a row names it: a younger one may still get its row.</summary>
    public static readonly TimeSpan OrphanedAfter = TimeSpan.FromDays(1);

    /// <summary>Removes what has had its time by now. A run that finds nothing does nothing.</summary>
    /// <exception cref="AggregateException">Some could not be purged; the others are.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new FailureCollector(cancellationToken);
        await failures.TryAsync(
            "idempotency keys",
            async () => Log.KeysPurged(logger, await admissions.PurgeKeysAsync(failures, cancellationToken)));
        var stored = await failures.TryAsync(
            "list of secrets", async () => await vault.ListAsync(cancellationToken).ToListAsync(cancellationToken));
        foreach (var ofOne in (stored ?? []).GroupBy(secret => secret.Owner))
        {
            await failures.TryAsync(
                ofOne.Key.SubscriptionId, () => PurgeAsync(ofOne.Key, ofOne, failures, cancellationToken));
        }

        failures.Complete();
    }

    async Task PurgeAsync(
        SecretOwner owner, IEnumerable<StoredSecret> stored, FailureCollector failures,
        CancellationToken cancellationToken)
    {
        // Not written by this app, and so not its to remove.
        if (!TenantId.IsValid(owner.Tenant) || !SubscriptionId.IsValid(owner.SubscriptionId))
        {
            return;
        }

        var now = time.GetUtcNow();
        var before = await store.FindAsync(owner.Tenant, owner.SubscriptionId, cancellationToken);
        var after = before is null ? null : before with { EarlierSecrets = [.. before.EarlierAt(now)] };
        if (after is not null && !SubscriptionChanges.AreAllReadable(after))
        {
            Log.NotReadable(logger, owner.SubscriptionId, owner.Tenant);
            return;
        }

        if (after is not null && after.EarlierSecrets.Count < before!.EarlierSecrets.Count
            && await changes.SaveAsync(before, after, cancellationToken) is null)
        {
            // Somebody is at it. There is time until the next run.
            return;
        }

        var named = after is null ? [] : SubscriptionChanges.Names(after).ToHashSet();
        foreach (var orphan in stored.Where(
            secret => !named.Contains(secret.Name) && secret.CreatedAt + OrphanedAfter <= now))
        {
            await failures.TryAsync(orphan.Name, async () =>
            {
                await vault.RemoveAsync(orphan.Name, cancellationToken);
                Log.Removed(logger, orphan.Name);
            });
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Removed {Name} from the vault: no subscription names it any more")]
        public static partial void Removed(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Information, "Purged {Keys} idempotency keys whose time has passed")]
        public static partial void KeysPurged(ILogger logger, int keys);

        [LoggerMessage(3, LogLevel.Warning,
            "Left the secrets of subscription {SubscriptionId} of tenant {Tenant} in the vault: its row names some in "
            + "a form that this version of the app cannot read. Deploy the version that wrote it; or rotate the "
            + "subscription's secret with overlapHours 0, and save its headers, so that they are named anew")]
        public static partial void NotReadable(ILogger logger, string subscriptionId, string tenant);
    }
}
