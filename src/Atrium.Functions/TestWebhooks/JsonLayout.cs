using System.Text;
using System.Text.Json;

namespace Atrium.Functions.TestWebhooks;

/// <summary>How a serializer sets JSON out. Pure.</summary>
/// <param name="Colon">Between a name and its value.</param>
/// <param name="AfterComma">Between two values of a layout in one line.</param>
/// <param name="Indent">Before each line, once for each level; null for a layout in one line.</param>
/// <param name="NewLine">Ends each line.</param>
/// <param name="InsideObject">Within the braces of a layout in one line.</param>
/// <param name="InsideArray">Within the brackets of a layout in one line.</param>
/// <param name="ArraysInLine">Whether arrays stand in one line though objects do not, as Jackson writes them.</param>
internal sealed record JsonLayout(
    string Colon,
    string AfterComma = "",
    string? Indent = null,
    string NewLine = "\n",
    string InsideObject = "",
    string InsideArray = "",
    bool ArraysInLine = false)
{
    /// <summary>Those of the serializers in use, and of people.</summary>
    public static readonly IReadOnlyList<JsonLayout> All =
    [
        new(":"),
        new(": ", " "),
        new(": "),
        new(": ", " ", InsideObject: " "),
        new(": ", " ", InsideObject: " ", InsideArray: " "),
        .. from newLine in new[] { "\n", "\r\n" }
           from indent in new[] { "  ", "    ", "\t" }
           select new JsonLayout(": ", Indent: indent, NewLine: newLine),
        new(" : ", Indent: "  ", ArraysInLine: true),
        new(" : ", Indent: "  ", NewLine: "\r\n", ArraysInLine: true),
    ];

    /// <param name="tokens">Of one document, texts escaped and in quotes.</param>
    /// <param name="most">How many characters it may have.</param>
    /// <returns>Null when it has more.</returns>
    public string? Write(IReadOnlyList<JsonToken> tokens, int most)
    {
        var written = new StringBuilder();
        var open = new Stack<JsonTokenType>();
        JsonToken? previous = null;
        foreach (var token in tokens)
        {
            var parent = token.Closes ? open.Pop() : open.TryPeek(out var container) ? container : JsonTokenType.None;
            written.Append(previous switch
            {
                null or { Kind: JsonTokenType.PropertyName } => "",
                { Opens: true } when token.Closes => ArraysInLine ? " " : "",
                { Opens: true } => Edge(parent, open),
                _ when token.Closes => Edge(parent, open),
                _ => "," + (IsInLine(parent) ? ArraysInLine ? " " : AfterComma : Line(open)),
            });
            written.Append(token.Text);
            if (written.Length > most)
            {
                return null;
            }

            if (token.Kind == JsonTokenType.PropertyName)
            {
                written.Append(Colon);
            }
            else if (token.Opens)
            {
                open.Push(token.Kind);
            }

            previous = token;
        }

        return written.ToString();
    }

    string Edge(JsonTokenType parent, Stack<JsonTokenType> open) =>
        !IsInLine(parent) ? Line(open)
        : ArraysInLine ? " "
        : parent == JsonTokenType.StartArray ? InsideArray : InsideObject;

    bool IsInLine(JsonTokenType parent) => Indent is null || (ArraysInLine && parent == JsonTokenType.StartArray);

    string Line(Stack<JsonTokenType> open) =>
        NewLine + string.Concat(Enumerable.Repeat(Indent, open.Count(kind => !IsInLine(kind))));
}

/// <summary>A part of a JSON document.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">
/// A name or text without its quotes and escapes, or as it is to be written; anything else as it stood there.
/// </param>
internal readonly record struct JsonToken(JsonTokenType Kind, string Text)
{
    public bool IsText => Kind is JsonTokenType.PropertyName or JsonTokenType.String;

    public bool Opens => Kind is JsonTokenType.StartObject or JsonTokenType.StartArray;

    public bool Closes => Kind is JsonTokenType.EndObject or JsonTokenType.EndArray;
}
