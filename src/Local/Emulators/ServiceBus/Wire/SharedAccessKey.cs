using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>The one key of the namespace, and the tokens that are signed with it.</summary>
internal static class SharedAccessKey
{
    public const string Name = "RootManageSharedAccessKey";

    /// <summary>The official emulator's. No secret.</summary>
    public const string Value = "SAS_KEY_VALUE";

    const string Scheme = "SharedAccessSignature ";

    /// <param name="token">What a client puts to $cbs.</param>
    /// <param name="audience">The resource that it wants to use.</param>
    /// <param name="now">Real time.</param>
    /// <returns>When the token ends; or why it is refused, in the service's words.</returns>
    public static (DateTimeOffset Expires, string? Refusal) Judge(string token, string audience, DateTimeOffset now)
    {
        var fields = Fields(token);
        if (fields is null
            || !fields.TryGetValue("sr", out var resource)
            || !fields.TryGetValue("se", out var expiry)
            || !fields.TryGetValue("sig", out var signature)
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return (default, "MalformedToken: The token is no shared access signature.");
        }

        var expires = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (fields.GetValueOrDefault("skn") != Name || !IsSigned(resource, expiry, signature))
        {
            return (default, "InvalidSignature: The token has an invalid signature.");
        }

        if (!EntityPath.Covers(EntityPath.Of(Uri.UnescapeDataString(resource)), EntityPath.Of(audience)))
        {
            return (default, "InvalidAudience: The authorization header contains a token with a wrong audience.");
        }

        return expires <= now ? (default, "ExpiredToken: The token is expired.") : (expires, null);
    }

    static Dictionary<string, string>? Fields(string token)
    {
        if (!token.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return null;
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in token[Scheme.Length..].Split('&'))
        {
            var at = field.IndexOf('=', StringComparison.Ordinal);
            fields[at < 0 ? field : field[..at]] = at < 0 ? "" : field[(at + 1)..];
        }

        return fields;
    }

    // Over the resource as it is written in the token, escaped in whichever way its client does.
    static bool IsSigned(string resource, string expiry, string signature) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Uri.UnescapeDataString(signature)),
        Encoding.ASCII.GetBytes(Convert.ToBase64String(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(Value),
            Encoding.UTF8.GetBytes($"{resource}\n{expiry}")))));
}
