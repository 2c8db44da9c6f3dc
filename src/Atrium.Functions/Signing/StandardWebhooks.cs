using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Atrium.Functions.Signing;

/// <summary>
/// The Standard Webhooks scheme: <c>v1,</c> and the base64 of HMAC-SHA256 over <c>id.timestamp.body</c>.
/// </summary>
internal static class StandardWebhooks
{
    const string Version = "v1,";

    /// <summary>
    /// How far the timestamp may lie from the receiver's clock, as in the scheme's libraries: short against replays,
    /// long enough for clocks that drift.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The value of <c>webhook-signature</c>: one signature a secret, in the order given, separated by spaces. While
    /// more than one secret signs, the last signature is there twice. The receivers' library for .NET (the NuGet
    /// package StandardWebhooks, 1.1.2) does not look at the last of several.
    /// </summary>
    /// <param name="id">The value of <c>webhook-id</c>, not empty.</param>
    /// <param name="timestamp">The attempt's time, in seconds since 1970.</param>
    /// <param name="body">The bytes that are sent.</param>
    /// <param name="secrets">Newest first; at least one.</param>
    /// <exception cref="ArgumentException">There is no id, or no secret: what should be signed must not go out with an
    /// empty header.</exception>
    public static string Sign(string id, long timestamp, ReadOnlySpan<byte> body, IReadOnlyList<SigningSecret> secrets)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (secrets.Count == 0)
        {
            throw new ArgumentException(
                "A signature needs a secret. Leave the header out for a subscription that has none.", nameof(secrets));
        }

        var signatures = new List<string>(secrets.Count + 1);
        foreach (var secret in secrets)
        {
            signatures.Add(Sign(id, timestamp.ToString(CultureInfo.InvariantCulture), body, secret));
        }

        if (signatures.Count > 1)
        {
            signatures.Add(signatures[^1]);
        }

        return string.Join(' ', signatures);
    }

    /// <summary>Verifies as a receiver does, and says which step fails.</summary>
    /// <param name="id">The value of <c>webhook-id</c> as received.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c> as received.</param>
    /// <param name="signatures">The value of <c>webhook-signature</c> as received.</param>
    /// <param name="body">The bytes as received.</param>
    /// <param name="secrets">Any of these may have signed.</param>
    /// <param name="now">The receiver's clock.</param>
    public static SignatureCheck Verify(
        string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body,
        IReadOnlyList<SigningSecret> secrets, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures))
        {
            return SignatureCheck.MissingHeader;
        }

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return SignatureCheck.MalformedTimestamp;
        }

        var age = now.ToUnixTimeSeconds() - seconds;
        if (Math.Abs(age) > (long)Tolerance.TotalSeconds)
        {
            return age > 0 ? SignatureCheck.TimestampTooOld : SignatureCheck.TimestampTooNew;
        }

        var candidates = Candidates(signatures);
        return candidates.Count == 0 ? SignatureCheck.NoKnownVersion
            : AnyMatches(id, timestamp, candidates, body, secrets) ? SignatureCheck.Valid
            : SignatureCheck.NoMatchingSignature;
    }

    /// <summary>The signatures of this scheme in a value of <c>webhook-signature</c>.</summary>
    public static IReadOnlyList<byte[]> Candidates(string signatures) =>
        [.. signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(signature => signature.StartsWith(Version, StringComparison.Ordinal))
            .Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether one of the signatures is that of one of the secrets, whatever the time is.</summary>
    /// <param name="id">The value of <c>webhook-id</c> as received.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c> as received.</param>
    /// <param name="candidates">What <see cref="Candidates"/> found.</param>
    /// <param name="body">The bytes that may have been signed.</param>
    /// <param name="secrets">Any of these may have signed.</param>
    public static bool AnyMatches(
        string id, string timestamp, IReadOnlyList<byte[]> candidates, ReadOnlySpan<byte> body,
        IReadOnlyList<SigningSecret> secrets)
    {
        foreach (var secret in secrets)
        {
            var expected = Encoding.UTF8.GetBytes(Sign(id, timestamp, body, secret));
            foreach (var candidate in candidates)
            {
                if (CryptographicOperations.FixedTimeEquals(expected, candidate))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // The timestamp is text, since a receiver signs what stood in the header: 0001 is not 1.
    static string Sign(string id, string timestamp, ReadOnlySpan<byte> body, SigningSecret secret)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return Version + Convert.ToBase64String(hmac.GetHashAndReset());
    }
}

/// <summary>What a receiver's verification comes to; the first step that fails is the one named.</summary>
internal enum SignatureCheck
{
    /// <summary>One of the signatures is that of one of the secrets, and the timestamp is recent.</summary>
    Valid,

    /// <summary><c>webhook-id</c>, <c>webhook-timestamp</c> or <c>webhook-signature</c> is missing or empty.</summary>
    MissingHeader,

    /// <summary><c>webhook-timestamp</c> is not a whole number of seconds since 1970.</summary>
    MalformedTimestamp,

    /// <summary>The timestamp lies more than five minutes back.</summary>
    TimestampTooOld,

    /// <summary>The timestamp lies more than five minutes ahead: one of the two clocks is wrong.</summary>
    TimestampTooNew,

    /// <summary><c>webhook-signature</c> holds no signature of the version <c>v1</c>.</summary>
    NoKnownVersion,

    /// <summary>
    /// There are signatures, but none fits: another secret, another id or timestamp, or a body whose bytes were
    /// changed.
    /// </summary>
    NoMatchingSignature,
}
