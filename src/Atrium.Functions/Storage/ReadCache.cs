using Atrium.Functions.Telemetry;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace Atrium.Functions.Storage;

/// <summary>
/// What was read from a store, kept in memory, and read once for all who ask meanwhile. Failures are not cached: only
/// the callers that waited get them.
/// </summary>
/// <param name="name">One of <see cref="CacheName"/>.</param>
/// <param name="capacity">How many are kept.</param>
/// <param name="read">Reads one, under nobody's token, since others wait for the same read.</param>
/// <param name="keep">How long it is kept; from when its reading began, where that is absolute.</param>
/// <param name="metrics">Counts hits and misses.</param>
/// <param name="time">Tells when what is kept has become old.</param>
internal sealed class ReadCache<TKey, TValue>(
    string name,
    int capacity,
    Func<TKey, Task<TValue>> read,
    Func<TValue, CacheLifetime> keep,
    AtriumMetrics metrics,
    TimeProvider time) : IDisposable
    where TKey : notnull
{
    readonly Lock _lock = new();
    readonly Dictionary<TKey, Task<TValue>> _underWay = [];
    readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = capacity, Clock = new Clock(time) });

    /// <exception cref="Exception">What reading it ended with.</exception>
    public Task<TValue> GetAsync(TKey key, CancellationToken cancellationToken)
    {
        bool hit;
        Task<TValue>? reading;
        lock (_lock)
        {
            if (_kept.TryGetValue(key, out var kept))
            {
                (hit, reading) = (true, Task.FromResult((TValue)kept!));
            }
            else if (!(hit = _underWay.TryGetValue(key, out reading)))
            {
                _underWay[key] = reading = Task.Run(() => ReadAsync(key), CancellationToken.None);
            }
        }

        metrics.LookedUp(name, hit);
        return reading!.WaitAsync(cancellationToken);
    }

    public void Dispose() => _kept.Dispose();

    async Task<TValue> ReadAsync(TKey key)
    {
        var began = time.GetTimestamp();
        try
        {
            var value = await read(key);
            var lifetime = keep(value);
            var left = lifetime.MaxAge - time.GetElapsedTime(began);
            if (left is null || left > TimeSpan.Zero)
            {
                lock (_lock)
                {
                    _kept.Set(key, (object?)value, new MemoryCacheEntryOptions
                    {
                        Size = 1,
                        AbsoluteExpirationRelativeToNow = left,
                        SlidingExpiration = lifetime.MaxIdle,
                    });
                }
            }

            return value;
        }
        finally
        {
            lock (_lock)
            {
                _underWay.Remove(key);
            }
        }
    }

    // Goes on evenly when the machine's clock is set: what is to be kept for seconds must not be kept for minutes.
    sealed class Clock(TimeProvider time) : ISystemClock
    {
        readonly DateTimeOffset _began = time.GetUtcNow();
        readonly long _since = time.GetTimestamp();

        public DateTimeOffset UtcNow => _began + time.GetElapsedTime(_since);
    }
}

/// <summary>How long something is kept.</summary>
/// <param name="MaxAge">From when its reading began; null for as long as it is used.</param>
/// <param name="MaxIdle">Since it was last asked for; null for whether it is used or not.</param>
internal readonly record struct CacheLifetime(TimeSpan? MaxAge, TimeSpan? MaxIdle = null);
