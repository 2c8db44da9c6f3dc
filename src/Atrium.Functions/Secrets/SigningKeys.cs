using Atrium.Functions.Signing;
using Microsoft.Extensions.Caching.Memory;

namespace Atrium.Functions.Secrets;

/// <summary>The vault's secrets, kept in memory: a version never changes, and the vault is not made for a read on every delivery.</summary>
internal sealed class SigningKeys(SecretVault vault) : IDisposable
{
    /// <summary>Secrets kept; about a kilobyte each.</summary>
    public const int Capacity = 10_000;

    // Long enough to spare the vault, short enough that a secret which nobody uses leaves the memory. A version never changes, so it is right however old.
    static readonly TimeSpan KeptUnused = TimeSpan.FromHours(1);

    readonly Lock _gate = new();
    readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <exception cref="Azure.RequestFailedException">The vault could not be read.</exception>
    public async Task<SigningSecret> GetAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var read = ReadOnce(reference);
        try
        {
            return await read.WaitAsync(cancellationToken);
        }
        catch when (read.IsFaulted)
        {
            _cache.Remove(reference);
            throw;
        }
    }

    public void Dispose() => _cache.Dispose();

    // Under a lock, since the cache alone lets all who miss at the same moment read, and the vault counts reads.
    Task<SigningSecret> ReadOnce(SecretReference reference)
    {
        lock (_gate)
        {
            return _cache.GetOrCreate(reference, entry =>
            {
                entry.Size = 1;
                entry.SlidingExpiration = KeptUnused;
                // Not a caller's token: others wait for the same read.
                return Task.Run(() => vault.ReadAsync(reference, CancellationToken.None));
            })!;
        }
    }
}
