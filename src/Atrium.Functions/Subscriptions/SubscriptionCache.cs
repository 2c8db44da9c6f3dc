using Atrium.Functions.Telemetry;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace Atrium.Functions.Subscriptions;

/// <summary>Subscriptions as deliveries see them: kept for seconds, so that a burst of deliveries costs one read.</summary>
internal sealed class SubscriptionCache(SubscriptionStore store, AtriumMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>How long a change, a pause among them, may take to reach deliveries that are under way.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions kept; about a kilobyte each.</summary>
    public const int Capacity = 10_000;

    readonly Lock _gate = new();
    readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Capacity, Clock = new Clock(time) });

    /// <returns>Null when the tenant has no such subscription.</returns>
    /// <exception cref="Azure.RequestFailedException">The table could not be read.</exception>
    public async Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var key = (tenant, id);
        var read = ReadOnce(key);
        try
        {
            return await read.WaitAsync(cancellationToken);
        }
        catch when (read.IsFaulted)
        {
            _cache.Remove(key);
            throw;
        }
    }

    public void Dispose() => _cache.Dispose();

    // Under a lock, since the cache alone lets all who miss at the same moment read.
    Task<Subscription?> ReadOnce((string Tenant, string Id) key)
    {
        var hit = true;
        Task<Subscription?> read;
        lock (_gate)
        {
            read = _cache.GetOrCreate(key, entry =>
            {
                hit = false;
                entry.Size = 1;
                entry.AbsoluteExpirationRelativeToNow = KeptFor;
                // Not a caller's token: others wait for the same read.
                return Task.Run(() => store.FindAsync(key.Tenant, key.Id, CancellationToken.None));
            })!;
        }

        metrics.LookedUp(CacheName.Subscriptions, hit);
        return read;
    }

    sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
