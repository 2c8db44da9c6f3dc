using Atrium.Functions.Telemetry;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace Atrium.Functions.Secrets;

/// <summary>What was read from the vault, kept in memory: a version never changes, and the vault is not made for a read on every delivery.</summary>
/// <param name="read">Reads one secret; null when it is gone.</param>
/// <param name="name">One of <see cref="CacheName"/>.</param>
/// <param name="metrics">Counts hits and misses.</param>
/// <param name="time">Tells when what is kept has become old.</param>
internal sealed class VaultReads<T>(Func<SecretReference, Task<T?>> read, string name, AtriumMetrics metrics, TimeProvider time) : IDisposable
    where T : class
{
    /// <summary>Secrets kept; about a kilobyte each.</summary>
    public const int Capacity = 10_000;

    /// <summary>How long it is remembered that a secret is gone. Somebody may bring it back by hand.</summary>
    public static readonly TimeSpan GoneFor = TimeSpan.FromSeconds(30);

    // Long enough to spare the vault, short enough that a secret which nobody uses leaves the memory. A version never changes, so it is right however old.
    static readonly TimeSpan KeptUnused = TimeSpan.FromHours(1);

    readonly Lock _gate = new();
    readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Capacity, Clock = new Clock(time) });

    /// <returns>Null when the vault does not hold it.</returns>
    /// <exception cref="Azure.RequestFailedException">The vault could not be read.</exception>
    public async Task<T?> GetAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var reading = ReadOnce(reference);
        try
        {
            return await reading.WaitAsync(cancellationToken);
        }
        catch when (reading.IsFaulted)
        {
            _cache.Remove(reference);
            throw;
        }
    }

    public void Dispose() => _cache.Dispose();

    // Under a lock, since the cache alone lets all who miss at the same moment read, and the vault counts reads.
    Task<T?> ReadOnce(SecretReference reference)
    {
        var hit = true;
        Task<T?> reading;
        lock (_gate)
        {
            reading = _cache.GetOrCreate(reference, entry =>
            {
                hit = false;
                entry.Size = 1;
                entry.SlidingExpiration = KeptUnused;
                return Task.Run(() => ReadAsync(reference));
            })!;
        }

        metrics.LookedUp(name, hit);
        return reading;
    }

    async Task<T?> ReadAsync(SecretReference reference)
    {
        var value = await read(reference);
        if (value is null)
        {
            lock (_gate)
            {
                _cache.Set(reference, Task.FromResult<T?>(null), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = GoneFor });
            }
        }

        return value;
    }

    sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
