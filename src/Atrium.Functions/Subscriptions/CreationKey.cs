using System.Security.Cryptography;
using System.Text;

namespace Atrium.Functions.Subscriptions;

/// <summary>An <c>Idempotency-Key</c> and the request that it came with, as they are kept: the values of secrets and headers are no part of it.</summary>
/// <param name="Row">The key of the row that remembers it.</param>
/// <param name="Fingerprint">Differs for requests that differ in anything else than the values of secrets and headers.</param>
internal sealed record CreationKey(string Row, string Fingerprint)
{
    /// <summary>What the rows of keys begin with.</summary>
    public const string Prefix = "key_";

    /// <summary>Comes after all rows of keys.</summary>
    public const string AfterPrefix = "key`";

    /// <summary>How long a key is remembered: longer than a client goes on trying.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    public static CreationKey Of(string key, JudgedSettings settings, SubscriptionRequest request) => new(
        Prefix + Hash(key),
        // None of the parts can hold a line break.
        Hash(string.Join('\n',
        [
            settings.Name,
            settings.Url,
            string.Join(',', settings.Events.Order(StringComparer.Ordinal)),
            string.Join(',', settings.Headers.Keys.Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal)),
            request.GenerateSecret ? "generated" : request.Secret is null ? "none" : "own",
        ])));

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
