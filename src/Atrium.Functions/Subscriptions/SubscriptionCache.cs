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
        key => store.LookAsync(key.Tenant, key.Id, CancellationToken.None),
        _ => new CacheLifetime(KeptFor),
        metrics,
        time);

    /// <returns>
    /// Null when there was none some seconds ago; whether it was deleted, <see cref="SubscriptionStore.FindAsync"/>
    /// tells.
    /// </returns>
    /// <exception cref="Azure.RequestFailedException">The table could not be read.</exception>
    public Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        _reads.GetAsync((tenant, id), cancellationToken);

    public void Dispose() => _reads.Dispose();
}

/// <summary>
/// Reads a tenant's subscriptions afresh for every event, so that a subscription just made gets the next one, and yet
/// with one read for all events that arrive together: whoever comes while a read is under way shares the next, which
/// starts after they came.
/// </summary>
internal sealed class FreshSubscriptions(SubscriptionStore store)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, Reads> _reads = [];

    /// <exception cref="Azure.RequestFailedException">The table could not be read.</exception>
    public Task<IReadOnlyList<Subscription>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_reads.TryGetValue(tenant, out var reads))
            {
                _reads[tenant] = reads = new Reads();
                reads.Current = ReadAsync(tenant, reads, Task.CompletedTask);
                return reads.Current.WaitAsync(cancellationToken);
            }

            reads.Next ??= ReadAsync(tenant, reads, reads.Current);
            return reads.Next.WaitAsync(cancellationToken);
        }
    }

    async Task<IReadOnlyList<Subscription>> ReadAsync(string tenant, Reads reads, Task before)
    {
        await Task.WhenAny(before).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            // Not a caller's token: others wait for the same read.
            return await store.ListAsync(tenant, CancellationToken.None);
        }
        finally
        {
            lock (_lock)
            {
                if (reads.Next is { } next)
                {
                    (reads.Current, reads.Next) = (next, null);
                }
                else
                {
                    _reads.Remove(tenant);
                }
            }
        }
    }

    sealed class Reads
    {
        public Task<IReadOnlyList<Subscription>> Current { get; set; } = null!;

        public Task<IReadOnlyList<Subscription>>? Next { get; set; }
    }
}
