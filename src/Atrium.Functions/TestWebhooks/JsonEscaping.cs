using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Atrium.Functions.TestWebhooks;

/// <summary>How a serializer writes the characters of a text. Pure.</summary>
/// <param name="Escape">Writes a text, without its quotes.</param>
internal sealed record JsonEscaping(Func<string, string> Escape)
{
    const char Delete = '\u007f';

    /// <summary>The ways of common serializers, taken from their sources. Tests write each of them.</summary>
    public static readonly IReadOnlyList<JsonEscaping> All =
    [
        // JSON.stringify, Python with ensure_ascii=False, Jackson (which has upper case), serde, Ruby.
        With(_ => false),
        With(_ => false, upperCase: true),
        // Python; PHP with JSON_UNESCAPED_SLASHES and Json.NET's EscapeNonAscii, which leave Delete; Jackson's
        // ESCAPE_NON_ASCII; PHP.
        With(c => c >= Delete),
        With(c => c > Delete),
        With(c => c > Delete, upperCase: true),
        With(c => c > Delete, slash: true),
        // PHP with JSON_UNESCAPED_UNICODE, with and without slashes and line terminators; Json.NET.
        With(IsLineSeparator, slash: true),
        With(_ => false, slash: true),
        With(IsLineSeparator),
        With(c => IsLineSeparator(c) || c == '\u0085'),
        // Go and Rails; Gson.
        With(c => IsLineSeparator(c) || c is '<' or '>' or '&'),
        With(c => IsLineSeparator(c) || c is '<' or '>' or '&' or '=' or '\''),
        // System.Text.Json.
        new(JavaScriptEncoder.Default.Encode),
        new(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode),
        new(JavaScriptEncoder.Create(UnicodeRanges.All).Encode),
    ];

    static JsonEscaping With(Func<char, bool> escapes, bool upperCase = false, bool slash = false) => new(text =>
    {
        var hex = upperCase ? "X4" : "x4";
        var written = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            _ = c switch
            {
                '"' or '\\' => written.Append('\\').Append(c),
                '\b' => written.Append("\\b"),
                '\f' => written.Append("\\f"),
                '\n' => written.Append("\\n"),
                '\r' => written.Append("\\r"),
                '\t' => written.Append("\\t"),
                '/' when slash => written.Append("\\/"),
                // Half a surrogate pair has no form in UTF-8.
                _ when c < ' ' || escapes(c) || IsHalf(text, i) =>
                    written.Append("\\u").Append(((int)c).ToString(hex, CultureInfo.InvariantCulture)),
                _ => written.Append(c),
            };
        }

        return written.ToString();
    });

    static bool IsLineSeparator(char c) => c is '\u2028' or '\u2029';

    static bool IsHalf(string text, int i) =>
        char.IsHighSurrogate(text[i]) ? i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])
        : char.IsLowSurrogate(text[i]) && (i == 0 || !char.IsHighSurrogate(text[i - 1]));
}
