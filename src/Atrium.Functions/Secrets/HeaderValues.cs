using System.Collections.Frozen;
using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;

namespace Atrium.Functions.Secrets;

/// <summary>The values of custom headers, from the vault or from memory.</summary>
internal sealed class HeaderValues(SecretVault vault, AtriumMetrics metrics, TimeProvider time) : IDisposable
{
    const int NotFound = 404;

    readonly ReadCache<SecretReference, IReadOnlyDictionary<string, string>?> _reads = VaultReads.Of(
        CacheName.Headers, reference => vault.ReadHeadersAsync(reference, CancellationToken.None), metrics, time);

    /// <param name="reference">Where they are; null for a subscription without custom headers.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The values by name.</returns>
    /// <exception cref="RequestFailedException">The vault could not be read, or does not hold them: they were just
    /// changed or removed.</exception>
    public async Task<IReadOnlyDictionary<string, string>> GetAsync(
        SecretReference? reference, CancellationToken cancellationToken) => reference is null
        ? FrozenDictionary<string, string>.Empty
        : await _reads.GetAsync(reference, cancellationToken)
            ?? throw new RequestFailedException(NotFound, $"The vault does not hold the headers {reference.Name}.");

    public void Dispose() => _reads.Dispose();
}
