using System.Security.Cryptography;

namespace Atrium.Functions.Subscriptions;

/// <summary>A subscription's id: drawn and never reused, because the vault keeps the name of a deleted secret for months.</summary>
internal static class SubscriptionId
{
    public const string Prefix = "sub_";

    /// <summary>Comes after all ids: other rows of a tenant's partition are told from them by it.</summary>
    public const string AfterPrefix = "sub`";

    const int Bytes = 10;

    public static string Draw() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + 2 * Bytes && id.StartsWith(Prefix, StringComparison.Ordinal) && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}
