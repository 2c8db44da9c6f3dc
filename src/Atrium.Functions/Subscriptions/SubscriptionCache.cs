using Microsoft.Extensions.Caching.Memory;

namespace Atrium.Functions.Subscriptions;

/// <summary>Subscriptions as deliveries see them: kept for seconds, so that a burst of deliveries costs one read.</summary>
internal sealed class SubscriptionCache(SubscriptionStore store) : IDisposable
{
    /// <summary>How long a change may take to reach deliveries that are under way.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions kept; about a kilobyte each.</summary>
    public const int Capacity = 10_000;

    readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <returns>Null when the tenant has no such subscription.</returns>
    /// <exception cref="Azure.RequestFailedException">The table could not be read.</exception>
    public async Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var key = (tenant, id);
        var read = _cache.GetOrCreate(key, entry =>
        {
            entry.Size = 1;
            entry.AbsoluteExpirationRelativeToNow = KeptFor;
            // Not a caller's token: others wait for the same read.
            return new Lazy<Task<Subscription?>>(() => store.FindAsync(tenant, id, CancellationToken.None));
        })!;
        try
        {
            return await read.Value.WaitAsync(cancellationToken);
        }
        catch
        {
            _cache.Remove(key);
            throw;
        }
    }

    public void Dispose() => _cache.Dispose();
}
