using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Atrium.Functions.Messaging;

/// <summary>A hash for ids and keys that are computed: the same on every machine and in every version.</summary>
internal static class StableHash
{
    /// <summary>Characters of a hash, hexadecimal digits.</summary>
    public const int Length = 2 * Bytes;

    const int Bytes = 16;

    /// <summary>128 bits over the parts, each preceded by its length so that no two lists of parts are alike.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            Append(hash, Encoding.UTF8.GetBytes(part));
        }

        return Text(hash);
    }

    /// <summary>128 bits over a text and the bytes of a body.</summary>
    public static string Of(string part, ReadOnlySpan<byte> body)
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

    static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Bytes));
}
