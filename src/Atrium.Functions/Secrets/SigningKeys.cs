using Atrium.Functions.Signing;
using Microsoft.Extensions.Caching.Memory;

namespace Atrium.Functions.Secrets;

/// <summary>The vault's secrets, kept in memory: a version never changes, and the vault is not made for a read on every delivery.</summary>
internal sealed class SigningKeys(SecretVault vault) : IDisposable
{
    /// <summary>Secrets kept; about a kilobyte each.</summary>
    public const int Capacity = 10_000;

    // Long enough to spare the vault, short enough that a secret which nobody uses leaves the memory.
    static readonly TimeSpan KeptUnused = TimeSpan.FromHours(1);

    readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <exception cref="Azure.RequestFailedException">The vault could not be read.</exception>
    public async Task<SigningSecret> GetAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(reference, out SigningSecret? known) && known is not null)
        {
            return known;
        }

        var secret = await vault.ReadAsync(reference, cancellationToken);
        _cache.Set(reference, secret, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = KeptUnused });
        return secret;
    }

    public void Dispose() => _cache.Dispose();
}
