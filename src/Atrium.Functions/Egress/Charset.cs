using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Atrium.Functions.Egress;

/// <summary>
/// The text of an answer in UTF-8, whatever its character set is: that of its byte order mark, that of the header, or
/// the one that its bytes look like. Bytes that look like no text stay as they are. Pure.
/// </summary>
internal static partial class Charset
{
    // A character of UTF-8 has up to four bytes; an excerpt can end after the third of them.
    const int LongestCut = 3;

    // Half a surrogate pair, and one odd byte.
    const int MostCut = 2;

    // Where it has no character, this has the control character of Latin-1, as browsers do.
    static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    static readonly Encoding Utf32BigEndian = new UTF32Encoding(bigEndian: true, byteOrderMark: false);

    /// <param name="text">The bytes as they came.</param>
    /// <param name="contentType">The value of <c>Content-Type</c>; empty for none.</param>
    /// <param name="isCut">Whether the text went on, so that it may end within a character.</param>
    public static ReadOnlyMemory<byte> ToUtf8(ReadOnlyMemory<byte> text, string contentType, bool isCut) =>
        text.Span switch
        {
            [0xEF, 0xBB, 0xBF, ..] => text[3..],
            [0xFF, 0xFE, 0, 0, ..] => Converted(text[4..], Encoding.UTF32),
            [0, 0, 0xFE, 0xFF, ..] => Converted(text[4..], Utf32BigEndian),
            [0xFF, 0xFE, ..] => Converted(text[2..], Encoding.Unicode),
            [0xFE, 0xFF, ..] => Converted(text[2..], Encoding.BigEndianUnicode),
            _ when Wide(Declared(contentType), text.Span)?.GetString(text.Span) is { } wide && IsText(wide, isCut) =>
                Encoding.UTF8.GetBytes(wide),
            // It is UTF-8, whatever the header says: other text hardly ever looks like it.
            _ when UntilCut(text.Span, isCut) is not null || text.Span.Contains((byte)0) => text,
            _ => Converted(text, Windows1252),
        };

    /// <summary>What is whole of a text in UTF-8, or null when the bytes are something else.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="isCut">Whether they may end within a character.</param>
    public static string? UntilCut(ReadOnlySpan<byte> bytes, bool isCut)
    {
        for (var cut = 0; cut <= (isCut ? Math.Min(LongestCut, bytes.Length) : 0); cut++)
        {
            if (Utf8.IsValid(bytes[..^cut]))
            {
                return Encoding.UTF8.GetString(bytes[..^cut]);
            }
        }

        return null;
    }

    // RFC 4627, section 3: the zeros among the first four bytes tell, since a text begins with ASCII nearly always. A
    // wrong header does not count against them.
    static Encoding? Wide(string declared, ReadOnlySpan<byte> text) => text switch
    {
        [not 0, 0, 0, 0, ..] => Encoding.UTF32,
        [0, 0, 0, not 0, ..] => Utf32BigEndian,
        [not 0, 0, not 0, 0, ..] or [not 0, 0] => Encoding.Unicode,
        [0, not 0, 0, not 0, ..] or [0, not 0] => Encoding.BigEndianUnicode,
        // Without a zero there is no letter of ASCII in it, but there may be in what it really is.
        _ when !text.Contains((byte)0) => null,
        _ => declared switch
        {
            "utf-16" or "utf-16le" or "unicode" => Encoding.Unicode,
            "utf-16be" => Encoding.BigEndianUnicode,
            _ => null,
        },
    };

    static bool IsText(string text, bool isCut) =>
        !text.AsSpan(0, isCut ? Math.Max(0, text.Length - MostCut) : text.Length).ContainsAny('\0', '\ufffd');

    static string Declared(string contentType) => Parameter().Match(contentType).Groups[1].Value.ToLowerInvariant();

    static ReadOnlyMemory<byte> Converted(ReadOnlyMemory<byte> text, Encoding encoding) =>
        Encoding.UTF8.GetBytes(encoding.GetString(text.Span));

    [GeneratedRegex("""charset\s*=\s*["']?([\w.:-]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
