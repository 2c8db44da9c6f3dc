using System.Collections.Frozen;
using Atrium.Functions.Signing;
using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;

namespace Atrium.Functions.Secrets;

/// <summary>The secrets that sign, from the vault or from memory.</summary>
internal sealed partial class SigningKeys(
    SecretVault vault, AtriumMetrics metrics, TimeProvider time, ILogger<SigningKeys> logger) : IDisposable
{
    readonly ReadCache<SecretReference, SigningSecret?> _reads = VaultCache.Of(
        CacheName.Secrets,
        async reference =>
        {
            var secret = await vault.ReadSecretAsync(reference, CancellationToken.None);
            if (secret is null)
            {
                Log.Gone(logger, reference.Name);
            }

            return secret;
        },
        metrics,
        time);

    /// <summary>
    /// The secrets that sign, the current one first. The current one has to be in the vault: nothing is sent unsigned,
    /// or signed only by earlier ones. An earlier one that is missing is left out.
    /// </summary>
    /// <param name="references">What signs; null for a subscription without a secret.</param>
    /// <returns>Empty only for a subscription without a secret.</returns>
    /// <exception cref="RequestFailedException">The vault could not be read.</exception>
    /// <exception cref="MissingSecretException">The vault does not hold the secret in force.</exception>
    public async Task<IReadOnlyList<SigningSecret>> GetAsync(
        SigningReferences? references, CancellationToken cancellationToken)
    {
        if (references is null)
        {
            return [];
        }

        var secrets = new List<SigningSecret>
        {
            await _reads.GetAsync(references.Current, cancellationToken)
                ?? throw MissingSecret.Of(references.Current, "signing secret", "rotate the subscription's secret"),
        };
        foreach (var reference in references.Earlier)
        {
            if (await _reads.GetAsync(reference, cancellationToken) is { } earlier)
            {
                secrets.Add(earlier);
            }
        }

        return secrets;
    }

    public void Dispose() => _reads.Dispose();

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "The vault does not hold the secret {Name}: requests are signed without it if it was rotated, and wait if "
            + "it is the one in force")]
        public static partial void Gone(ILogger logger, string name);
    }
}

/// <summary>The values of custom headers, from the vault or from memory.</summary>
internal sealed class HeaderValues(SecretVault vault, AtriumMetrics metrics, TimeProvider time) : IDisposable
{
    readonly ReadCache<SecretReference, IReadOnlyDictionary<string, string>?> _reads = VaultCache.Of(
        CacheName.Headers, reference => vault.ReadHeadersAsync(reference, CancellationToken.None), metrics, time);

    /// <param name="reference">Where they are; null for a subscription without custom headers.</param>
    /// <returns>The values by name.</returns>
    /// <exception cref="RequestFailedException">The vault could not be read.</exception>
    /// <exception cref="MissingSecretException">The vault does not hold them.</exception>
    public async Task<IReadOnlyDictionary<string, string>> GetAsync(
        SecretReference? reference, CancellationToken cancellationToken) => reference is null
        ? FrozenDictionary<string, string>.Empty
        : await _reads.GetAsync(reference, cancellationToken)
            ?? throw MissingSecret.Of(
                reference, "header values", "set the subscription's headers again, or to null to remove them");

    public void Dispose() => _reads.Dispose();
}

/// <summary>Says what is missing, and what to do.</summary>
internal static class MissingSecret
{
    public static MissingSecretException Of(SecretReference reference, string what, string instead) =>
        new(reference == SecretReference.Unreadable
            ? $"The subscription's row names its {what} in a form that this version of the app cannot read. Deploy the "
                + $"version that wrote it, or {instead}."
            : $"The vault does not hold the {what} {reference.Name}: somebody removed it. Recover it in the vault, or "
                + $"{instead}.");
}
