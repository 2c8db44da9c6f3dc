using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Atrium.Functions.Signing;
using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Secrets;

/// <summary>
/// Stores signing secrets and the values of custom headers. They are nowhere else. Every secret gets a name that was
/// never used before: soft delete keeps the name of a removed one for months, and refuses to store anything under it.
/// </summary>
internal sealed class SecretVault(SecretClient vault, TimeProvider time, Func<double> chance) : IDisposable
{
    /// <summary>
    /// How many secrets an instance reads at once. A vault answers 4,000 reads in ten seconds
    /// (https://learn.microsoft.com/azure/key-vault/general/service-limits), and instances that start together, after a
    /// release or a burst, read all secrets in use. The SDK repeats reads that the vault refuses, after random waits.
    /// </summary>
    public const int MaxReadsAtOnce = 8;

    // So that instances which began together do not keep in step. An attempt's lock leaves ten seconds for the vault.
    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    const string NoSuchSecret = "SecretNotFound";
    const int DrawnDigits = 16;
    const string Prefix = "webhook-";
    const string TenantTag = "tenant";
    const string SubscriptionTag = "subscription";

    readonly SemaphoreSlim _reads = new(MaxReadsAtOnce);

    /// <summary>
    /// Whether the vault says that it has no such secret. Any other 404 is not its word: an address that leads
    /// elsewhere says nothing of the secret.
    /// </summary>
    public static bool IsMissing(RequestFailedException answer) => answer.ErrorCode == NoSuchSecret;

    /// <exception cref="RequestFailedException">The vault did not take it.</exception>
    public Task<SecretReference> StoreAsync(
        SecretOwner owner, SigningSecret secret, CancellationToken cancellationToken) =>
        StoreAsync(owner, secret.Reveal(), cancellationToken);

    /// <summary>Stores the values of custom headers, by name.</summary>
    /// <exception cref="RequestFailedException">The vault did not take them.</exception>
    public Task<SecretReference> StoreAsync(
        SecretOwner owner, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken) =>
        StoreAsync(
            owner, JsonSerializer.Serialize(headers, ReadableJson.Relaxed.IReadOnlyDictionaryStringString),
            cancellationToken);

    /// <returns>Null when the vault holds no such secret: it was removed.</returns>
    /// <exception cref="RequestFailedException">The vault could not be read.</exception>
    /// <exception cref="InvalidOperationException">What it holds is no signing secret.</exception>
    public async Task<SigningSecret?> ReadSecretAsync(SecretReference reference, CancellationToken cancellationToken) =>
        await ReadAsync(reference, cancellationToken) is { } text
            ? SigningSecret.Parse(text).Secret
                ?? throw Spoiled(
                reference, "is no signing secret: somebody changed it by hand. Rotate the subscription's secret.")
            : null;

    /// <returns>The values by name; null when the vault holds no such secret: it was removed.</returns>
    /// <exception cref="RequestFailedException">The vault could not be read.</exception>
    /// <exception cref="InvalidOperationException">What it holds are no headers.</exception>
    public async Task<IReadOnlyDictionary<string, string>?> ReadHeadersAsync(
        SecretReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(reference, cancellationToken) is { } text
                ? JsonSerializer.Deserialize(text, ReadableJson.Relaxed.IReadOnlyDictionaryStringString)
                : null;
        }
        catch (JsonException)
        {
            // Not as an inner exception: its message repeats a part of the text.
            throw Spoiled(
                reference, "holds no headers: somebody changed it by hand. Set the subscription's headers again.");
        }
    }

    /// <summary>Removes a secret with all its versions. Safe to repeat.</summary>
    /// <exception cref="RequestFailedException">The vault did not remove it.</exception>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await vault.StartDeleteSecretAsync(name, cancellationToken);
        }
        catch (RequestFailedException e) when (
            e.Status is StatusCodes.Status404NotFound or StatusCodes.Status409Conflict)
        {
            // It is gone already, or going.
        }
    }

    /// <summary>
    /// All secrets whose owner is known. Those of another program that shares the vault are not among them.
    /// </summary>
    /// <exception cref="RequestFailedException">The vault could not be read.</exception>
    public async IAsyncEnumerable<StoredSecret> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var secret in vault.GetPropertiesOfSecretsAsync(cancellationToken))
        {
            if (secret.Name.StartsWith(Prefix, StringComparison.Ordinal)
                && secret.Tags.TryGetValue(TenantTag, out var tenant)
                && secret.Tags.TryGetValue(SubscriptionTag, out var subscription)
                && secret.CreatedOn is { } createdAt)
            {
                yield return new StoredSecret(secret.Name, new SecretOwner(tenant, subscription), createdAt);
            }
        }
    }

    public void Dispose() => _reads.Dispose();

    async Task<SecretReference> StoreAsync(SecretOwner owner, string text, CancellationToken cancellationToken)
    {
        var drawn = RandomNumberGenerator.GetHexString(DrawnDigits, lowercase: true);
        var secret = new KeyVaultSecret($"{Prefix}{owner.SubscriptionId.Replace('_', '-')}-{drawn}", text);
        secret.Properties.Tags[TenantTag] = owner.Tenant;
        secret.Properties.Tags[SubscriptionTag] = owner.SubscriptionId;
        var stored = await vault.SetSecretAsync(secret, cancellationToken);
        return new SecretReference(stored.Value.Name, stored.Value.Properties.Version);
    }

    async Task<string?> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (reference == SecretReference.Unreadable)
        {
            return null;
        }

        var isStorm = !await _reads.WaitAsync(TimeSpan.Zero, cancellationToken);
        if (isStorm)
        {
            await _reads.WaitAsync(cancellationToken);
        }

        try
        {
            if (isStorm)
            {
                await Task.Delay(chance() * LongestPause, time, cancellationToken);
            }

            return (await vault.GetSecretAsync(
                reference.Name, reference.Version, cancellationToken: cancellationToken)).Value.Value;
        }
        catch (RequestFailedException e) when (IsMissing(e))
        {
            return null;
        }
        finally
        {
            _reads.Release();
        }
    }

    static InvalidOperationException Spoiled(SecretReference reference, string what) =>
        new($"The vault's secret {reference.Name}, version {reference.Version}, {what}");
}

/// <summary>
/// The owner of a secret. It is written on the secret in the vault, so that a secret that no subscription names can be
/// found.
/// </summary>
internal sealed record SecretOwner(string Tenant, string SubscriptionId);

/// <summary>A secret that lies in the vault, without its value.</summary>
internal sealed record StoredSecret(string Name, SecretOwner Owner, DateTimeOffset CreatedAt);

/// <summary>
/// Names one secret in the vault, and its version. A version never changes, so a value that was read once stays valid.
/// </summary>
internal sealed record SecretReference(string Name, string Version)
{
    const int MaxNameLength = 127;

    /// <summary>
    /// Stands for one that a row names in a form which this version of the app cannot read. The vault is not asked for
    /// it.
    /// </summary>
    public static readonly SecretReference Unreadable = new("unreadable", "");

    /// <summary>
    /// Whether the vault takes a text for a secret's name (1 to 127 letters, digits and hyphens), or for a version,
    /// which is the like: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates.
    /// </summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && text.All(one => char.IsAsciiLetterOrDigit(one) || one == '-');
}

/// <summary>What signs a request.</summary>
/// <param name="Current">The secret in force.</param>
/// <param name="Earlier">Secrets that were rotated and still sign, newest first.</param>
internal sealed record SigningReferences(SecretReference Current, IReadOnlyList<SecretReference> Earlier);

/// <summary>
/// How secrets are cached in memory. A version never changes, and the vault cannot be read for every delivery.
/// </summary>
internal static class VaultCache
{
    /// <summary>Secrets kept; about a kilobyte each. With more in use, some are read anew each time.</summary>
    public const int Capacity = 50_000;

    /// <summary>How long a missing secret is remembered. A person may restore it.</summary>
    public static readonly TimeSpan GoneFor = TimeSpan.FromSeconds(30);

    // Long enough to save reads, short enough that an unused secret leaves the memory. A version never changes, so its
    // age does not matter.
    static readonly TimeSpan KeptUnused = TimeSpan.FromHours(1);

    /// <param name="name">One of <see cref="CacheName"/>.</param>
    /// <param name="read">Reads one secret; null when it is gone.</param>
    /// <param name="metrics">Counts hits and misses.</param>
    public static ReadCache<SecretReference, T?> Of<T>(
        string name, Func<SecretReference, Task<T?>> read, AtriumMetrics metrics, TimeProvider time)
        where T : class => new(
            name, Capacity, read, value => value is null ? new(GoneFor) : new(null, KeptUnused), metrics, time);
}
