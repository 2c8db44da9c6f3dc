using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Atrium.Functions.Tests.TestWebhooks;

/// <summary>
/// One document as each serializer writes it: the layouts as they print, and the rules for characters as their sources
/// have them. None of it is the app's.
/// </summary>
static class Serializers
{
    const string Minified =
        """{"event":"x","name":"§","list":[1,{"§":"a/b"},[]],"none":{},"n":-1.50e3,"ok":[true,null]}""";

    const string OneLine =
        """{"event": "x", "name": "§", "list": [1, {"§": "a/b"}, []], "none": {}, "n": -1.50e3, "ok": [true, null]}""";

    const string ByHand =
        """{ "event": "x", "name": "§", "list": [1, { "§": "a/b" }, []], "none": {},"""
        + """ "n": -1.50e3, "ok": [true, null] }""";

    const string Indented = """
        {
          "event": "x",
          "name": "§",
          "list": [
            1,
            {
              "§": "a/b"
            },
            []
          ],
          "none": {},
          "n": -1.50e3,
          "ok": [
            true,
            null
          ]
        }
        """;

    const string Jackson = """
        {
          "event" : "x",
          "name" : "§",
          "list" : [ 1, {
            "§" : "a/b"
          }, [ ] ],
          "none" : { },
          "n" : -1.50e3,
          "ok" : [ true, null ]
        }
        """;

    static readonly JavaScriptEncoder AllRanges = JavaScriptEncoder.Create(UnicodeRanges.All);

    /// <summary>Each takes the text to put for name and value.</summary>
    public static readonly IReadOnlyList<(string Name, Func<string, string> Write)> All =
    [
        ("JSON.stringify", text => Put(Minified, Escaped(text, Never, "x4"))),
        ("JSON.stringify, 2 spaces", text => Put(Indented, Escaped(text, Never, "x4"))),
        ("JSON.stringify, tabs", text => Put(Wider(Indented, "\t"), Escaped(text, Never, "x4"))),
        ("Python", text => Put(OneLine, Escaped(text, c => c > '~', "x4"))),
        ("Python, no spaces", text => Put(Minified, Escaped(text, c => c > '~', "x4"))),
        ("Python, ensure_ascii=False", text => Put(OneLine, Escaped(text, Never, "x4"))),
        ("Python, ensure_ascii=False, no spaces", text => Put(Minified, Escaped(text, Never, "x4"))),
        ("Python, indent=4", text => Put(Wider(Indented, "    "), Escaped(text, c => c > '~', "x4"))),
        ("Jackson", text => Put(Minified, Escaped(text, Never, "X4"))),
        ("Jackson, ESCAPE_NON_ASCII", text => Put(Minified, Escaped(text, c => c > 127, "X4"))),
        ("Jackson, INDENT_OUTPUT", text => Put(Jackson, Escaped(text, Never, "X4"))),
        ("Jackson, INDENT_OUTPUT on Windows, ESCAPE_NON_ASCII", text =>
            Put(Windows(Jackson), Escaped(text, c => c > 127, "X4"))),
        ("PHP", text => Slashes(Put(Minified, Escaped(text, c => c > 127, "x4")))),
        ("PHP, JSON_PRETTY_PRINT", text => Slashes(Put(Wider(Indented, "    "), Escaped(text, c => c > 127, "x4")))),
        ("PHP, JSON_UNESCAPED_SLASHES", text => Put(Minified, Escaped(text, c => c > 127, "x4"))),
        ("PHP, JSON_UNESCAPED_UNICODE", text =>
            Slashes(Put(Minified, Escaped(text, c => c is '\u2028' or '\u2029', "x4")))),
        ("PHP, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES", text =>
            Put(Minified, Escaped(text, c => c is '\u2028' or '\u2029', "x4"))),
        ("System.Text.Json", text => Put(Minified, Encoded(text, JavaScriptEncoder.Default))),
        ("System.Text.Json, relaxed", text =>
            Put(Minified, Encoded(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))),
        ("System.Text.Json, all ranges, indented", text => Put(Indented, Encoded(text, AllRanges))),
        ("System.Text.Json, indented on Windows", text =>
            Put(Windows(Indented), Encoded(text, JavaScriptEncoder.Default))),
        ("Json.NET", text => Put(Minified, Escaped(text, c => c is '\u0085' or '\u2028' or '\u2029', "x4"))),
        ("Go", text => Put(Minified, Escaped(text, c => c is '<' or '>' or '&' or '\u2028' or '\u2029', "x4"))),
        ("Gson", text =>
            Put(Minified, Escaped(text, c => c is '<' or '>' or '&' or '=' or '\'' or '\u2028' or '\u2029', "x4"))),
        ("a person", text => Put(ByHand, Escaped(text, Never, "x4"))),
    ];

    static bool Never(char c) => false;

    static string Put(string template, string text) => template.Replace("§", text, StringComparison.Ordinal);

    static string Wider(string template, string indent) => template.Replace("  ", indent, StringComparison.Ordinal);

    static string Windows(string template) => template.Replace("\n", "\r\n", StringComparison.Ordinal);

    static string Slashes(string json) => json.Replace("/", "\\/", StringComparison.Ordinal);

    static string Encoded(string text, JavaScriptEncoder encoder) => JsonEncodedText.Encode(text, encoder).Value;

    static string Escaped(string text, Predicate<char> escapes, string hex)
    {
        var json = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var half = char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i)
                && !(i > 0 && char.IsSurrogatePair(text, i - 1));
            var known = "\"\\\b\f\n\r\t".IndexOf(text[i], StringComparison.Ordinal);
            json.Append(known >= 0 ? $"\\{"\"\\bfnrt"[known]}"
                : text[i] < 32 || half || escapes(text[i])
                    ? $"\\u{((int)text[i]).ToString(hex, CultureInfo.InvariantCulture)}"
                : $"{text[i]}");
        }

        return json.ToString();
    }
}
