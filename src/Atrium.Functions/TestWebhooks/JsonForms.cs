using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Events;

namespace Atrium.Functions.TestWebhooks;

/// <summary>
/// A JSON document as others would have written it: each way to escape texts with each layout. What a parser forgets,
/// such as the zeros of 7.10, does not come back. Pure.
/// </summary>
internal static partial class JsonForms
{
    /// <summary>
    /// How much is written at most, in characters of all forms together: a dozen forms of the largest event, in a
    /// fraction of a second. Deep arrays of short values grow a hundredfold when they are indented.
    /// </summary>
    public const int MostWritten = 8 * 1024 * 1024;

    /// <returns>The forms, most likely ones first; none when the text is no JSON.</returns>
    public static IEnumerable<string> Of(string json)
    {
        var tokens = Tokens(json);
        var forms = tokens.Count == 0 ? [] :
            from written in JsonEscaping.All
                .Select(escaping => Escaped(tokens, escaping))
                .DistinctBy(all => string.Concat(all.Select(token => token.Text)))
            from layout in JsonLayout.All
            select (layout, written);
        var left = MostWritten;
        foreach (var (layout, written) in forms)
        {
            if (layout.Write(written, left) is not { } form)
            {
                yield break;
            }

            left -= form.Length;
            yield return form;
        }
    }

    static List<JsonToken> Escaped(List<JsonToken> tokens, JsonEscaping escaping) =>
        [.. tokens.Select(token => token.IsText ? token with { Text = $"\"{escaping.Escape(token.Text)}\"" } : token)];

    static List<JsonToken> Tokens(string json)
    {
        var tokens = new List<JsonToken>();
        var options = new JsonReaderOptions { MaxDepth = EventReader.MaxDepth };
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), options);
        try
        {
            while (reader.Read())
            {
                var token = new JsonToken(reader.TokenType, Encoding.UTF8.GetString(reader.ValueSpan));
                tokens.Add(token.IsText ? token with { Text = Unescaped(token.Text) } : token);
            }
        }
        catch (JsonException)
        {
            return [];
        }

        return tokens;
    }

    // The reader's own refuses half a surrogate pair, which JSON.stringify writes.
    static string Unescaped(string text) => Escape().Replace(text, escape => escape.Value[1] switch
    {
        'u' => $"{(char)ushort.Parse(escape.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)}",
        'b' => "\b",
        'f' => "\f",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        var itself => itself.ToString(),
    });

    [GeneratedRegex("""\\(?:u[0-9a-fA-F]{4}|.)""")]
    private static partial Regex Escape();
}
