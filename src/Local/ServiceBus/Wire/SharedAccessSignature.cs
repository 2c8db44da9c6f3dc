using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>The service's own tokens: an address and an expiry time, signed with a key.</summary>
internal static class SharedAccessSignature
{
    const string Prefix = "SharedAccessSignature ";
    const string ExpiryField = "se=";

    public static string Create(string audience, string keyName, string key, DateTimeOffset expires)
    {
        var resource = Uri.EscapeDataString(audience);
        var until = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{resource}\n{until}"));
        return $"{Prefix}sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&{ExpiryField}{until}&skn={Uri.EscapeDataString(keyName)}";
    }

    public static DateTimeOffset? ExpiryOf(string signature)
    {
        var field = signature.Replace(Prefix, "", StringComparison.Ordinal).Split('&')
            .FirstOrDefault(part => part.StartsWith(ExpiryField, StringComparison.Ordinal));
        return field is not null && long.TryParse(field.AsSpan(ExpiryField.Length), CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }
}
