using System.Security.Cryptography;

namespace Atrium.Functions.Subscriptions;

/// <summary>A subscription's id: drawn and never reused, because the vault keeps the name of a deleted secret for months.</summary>
internal static class SubscriptionId
{
    const string Prefix = "sub_";
    const int Bytes = 10;

    public static string Draw() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + 2 * Bytes && id.StartsWith(Prefix, StringComparison.Ordinal) && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}
