using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Atrium.Functions.Erasure;

/// <summary>
/// The visitor of an erasure, by the hash of the e-mail address. The address itself is not stored. Its lengths say how
/// much of a text to hash, whatever characters the address has.
/// </summary>
internal sealed record ErasureSubject
{
    // What joins two parts of an address where a letter or digit stands before it, and is punctuation elsewhere. RFC
    // 5322, section 3.2.3, has more of them; those stand between a name and an address more often than in one.
    static readonly SearchValues<char> JoinsBefore = SearchValues.Create(".'\u2019+-_%&~#$*^@");
    static readonly SearchValues<char> JoinsAfter = SearchValues.Create(".-_%@");

    /// <summary>Of the address in its form to compare by, hexadecimal.</summary>
    public required string EmailHash { get; init; }

    /// <summary>In UTF-16 units: what stands before the last at sign, in the form to compare by.</summary>
    public required int LocalLength { get; init; }

    /// <summary>In UTF-16 units: what stands after it.</summary>
    public required int DomainLength { get; init; }

    /// <param name="email">A valid address. Case, Unicode form and surrounding space do not matter.</param>
    public static ErasureSubject Of(string email)
    {
        var folded = Fold(email);
        var at = folded.LastIndexOf('@');
        return new() { EmailHash = HashOf(folded), LocalLength = at, DomainLength = folded.Length - at - 1 };
    }

    /// <summary>An address in its form to compare by.</summary>
    public static string Fold(string email) => CaselessText.Fold(email).Trim().TrimEnd('.');

    /// <summary>Whether a text contains the address, and not as a part of another address.</summary>
    /// <param name="text">In its form to compare by.</param>
    public bool Concerns(string text)
    {
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            var (start, end) = (at - LocalLength, at + 1 + DomainLength);
            if (start >= 0 && end <= text.Length
                && !BelongsBefore(text.AsSpan(0, start), text.AsSpan(start..end))
                && !BelongsAfter(text.AsSpan(end), text.AsSpan(start..end))
                && HashOf(text[start..end]) == EmailHash)
            {
                return true;
            }
        }

        return false;
    }

    public string Write() => JsonSerializer.Serialize(this, RequestJson.Default.ErasureSubject);

    /// <returns>Null when another version of the app wrote it.</returns>
    public static ErasureSubject? Read(string arguments)
    {
        try
        {
            return JsonSerializer.Deserialize(arguments, RequestJson.Default.ErasureSubject);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static bool BelongsBefore(ReadOnlySpan<char> text, ReadOnlySpan<char> address) =>
        AreOfOneWord(Last(text), First(address))
        || (text is [.. var rest, var last] && JoinsBefore.Contains(last) && AreOfOneWord(Last(rest), First(address)));

    static bool BelongsAfter(ReadOnlySpan<char> text, ReadOnlySpan<char> address) =>
        AreOfOneWord(First(text), Last(address))
        || (text is [var first, .. var rest] && JoinsAfter.Contains(first) && AreOfOneWord(First(rest), Last(address)));

    // An address stands without a space in a text of Chinese, Japanese or Thai, and before a particle of Korean.
    static bool AreOfOneWord(Rune? outer, Rune? inner) =>
        outer is { } beside && (Rune.IsLetterOrDigit(beside) || IsMark(beside))
        && !(Rune.IsLetter(beside) && inner is { } edge && Rune.IsLetter(edge) && IsLatin(beside) != IsLatin(edge));

    static Rune? First(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done ? rune : null;

    // Without the marks that stand on it.
    static Rune? Last(ReadOnlySpan<char> text)
    {
        Rune? last = null;
        while (Rune.DecodeLastFromUtf16(text, out var rune, out var length) == OperationStatus.Done)
        {
            last = rune;
            if (!IsMark(rune))
            {
                break;
            }

            text = text[..^length];
        }

        return last;
    }

    static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Unicode's blocks of the script, in the form to compare by.
    static bool IsLatin(Rune letter) =>
        letter.Value is <= 0x2AF or (>= 0x1E00 and <= 0x1EFF) or (>= 0x2C60 and <= 0x2C7F) or (>= 0xA720 and <= 0xA7FF)
            or (>= 0xAB30 and <= 0xAB6F);

    static string HashOf(string folded) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folded)));
}
