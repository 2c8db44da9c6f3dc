using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Secrets;

/// <summary>
/// How what was read from the vault is kept in memory: a version never changes, and the vault is not made for a read on
/// every delivery.
/// </summary>
internal static class VaultReads
{
    /// <summary>Secrets kept; about a kilobyte each.</summary>
    public const int Capacity = 10_000;

    /// <summary>How long it is remembered that a secret is gone. Somebody may bring it back by hand.</summary>
    public static readonly TimeSpan GoneFor = TimeSpan.FromSeconds(30);

    // Long enough to spare the vault, short enough that a secret which nobody uses leaves the memory. A version never
    // changes, so it is right however old.
    static readonly TimeSpan KeptUnused = TimeSpan.FromHours(1);

    /// <param name="name">One of <see cref="CacheName"/>.</param>
    /// <param name="read">Reads one secret; null when it is gone.</param>
    /// <param name="metrics">Counts hits and misses.</param>
    /// <param name="time">The clock.</param>
    public static ReadCache<SecretReference, T?> Of<T>(
        string name, Func<SecretReference, Task<T?>> read, AtriumMetrics metrics, TimeProvider time)
        where T : class => new(
            name, Capacity, read, value => value is null ? new Kept(GoneFor) : new Kept(null, KeptUnused), metrics,
            time);
}
