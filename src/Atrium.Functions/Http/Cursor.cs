using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Atrium.Functions.Http;

/// <summary>
/// Where a list goes on: a position in it, bound to the path and filter of the list that it came from. It grants
/// nothing: the request's path says what is read. The binding shows a client that it has mixed up two lists.
/// </summary>
internal static class Cursor
{
    /// <summary>What to answer when <see cref="Read"/> gives null.</summary>
    public const string Fault =
        "The cursor is not of this list. Send the nextCursor of the page before, with the same path and filter.";

    const int HashBytes = 16;
    const int MaxPositionLength = 512;

    /// <param name="position">Printable ASCII, at most 512 characters.</param>
    /// <param name="scope">What the list is of: tenant, filter and the like, always in the same order.</param>
    public static string Write(string position, params ReadOnlySpan<string> scope) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Hash(scope) + position));

    /// <returns>The position after which the list goes on, or null when the cursor is not of this list.</returns>
    public static string? Read(string cursor, params ReadOnlySpan<string> scope)
    {
        if (cursor.Length > 2 * (2 * HashBytes + MaxPositionLength) || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return text.StartsWith(Hash(scope), StringComparison.Ordinal) && text.All(c => c is > ' ' and < '\u007f')
            ? text[(2 * HashBytes)..]
            : null;
    }

    static string Hash(ReadOnlySpan<string> scope)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in scope)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{part.Length}:{part}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, HashBytes));
    }
}
