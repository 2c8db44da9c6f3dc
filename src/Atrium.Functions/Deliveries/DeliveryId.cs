using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Ids that are computed, never drawn: work that runs twice makes the same ids, and duplicate detection drops the second lot.
/// They hold no dot and no colon, which separate parts of the signed content and of message ids.
/// </summary>
internal static class DeliveryId
{
    const string Prefix = "msg_";
    const int HashBytes = 16;

    /// <summary>The <c>webhook-id</c>: the same for one event and one subscription on every retry and replay.</summary>
    public static string Of(string tenant, string eventId, string subscriptionId) => Prefix + Hash(tenant, eventId, subscriptionId);

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + 2 * HashBytes && id.StartsWith(Prefix, StringComparison.Ordinal) && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);

    /// <summary>128 bits over the parts, each preceded by its length so that no two lists of parts are alike.</summary>
    public static string Hash(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            Append(hash, Encoding.UTF8.GetBytes(part));
        }

        return Text(hash);
    }

    /// <summary>128 bits over a text and the bytes of a body.</summary>
    public static string Hash(string part, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(part));
        Append(hash, body);
        return Text(hash);
    }

    static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, HashBytes));
}
