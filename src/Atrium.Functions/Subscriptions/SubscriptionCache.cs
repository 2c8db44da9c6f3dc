using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Subscriptions as deliveries see them: kept for seconds, so that a burst of deliveries costs one read.
/// </summary>
internal sealed class SubscriptionCache(SubscriptionStore store, AtriumMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>How long a change, a pause among them, may take to reach deliveries that are under way.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions kept; about a kilobyte each.</summary>
    public const int Capacity = 10_000;

    readonly ReadCache<(string Tenant, string Id), Subscription?> _reads = new(
        CacheName.Subscriptions,
        Capacity,
        key => store.FindAsync(key.Tenant, key.Id, CancellationToken.None),
        _ => new Kept(KeptFor),
        metrics,
        time);

    /// <returns>Null when the tenant has no such subscription.</returns>
    /// <exception cref="Azure.RequestFailedException">The table could not be read.</exception>
    public Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        _reads.GetAsync((tenant, id), cancellationToken);

    public void Dispose() => _reads.Dispose();
}
