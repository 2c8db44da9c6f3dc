using System.Text.Json;

namespace Atrium.Local.Emulators;

/// <summary>
/// JSON of a file in which comments and trailing commas are allowed, and whose texts can all be read: half a character,
/// such as "\ud800", is JSON, and no text in .NET, which would fail where it is used.
/// </summary>
internal static class ReadableJson
{
    static readonly JsonReaderOptions s_tolerant =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="JsonException">It is no such JSON; the message says where.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> json)
    {
        var texts = new Utf8JsonReader(json, s_tolerant);
        while (texts.Read())
        {
            RequireText(texts, json);
        }

        var reader = new Utf8JsonReader(json, s_tolerant);
        return JsonDocument.ParseValue(ref reader);
    }

    static void RequireText(Utf8JsonReader texts, ReadOnlySpan<byte> json)
    {
        try
        {
            _ = texts.TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? texts.GetString() : null;
        }
        catch (InvalidOperationException unreadable)
        {
            // As the reader itself says where something is.
            var before = json[..(int)texts.TokenStartIndex];
            var (line, position) = (before.Count((byte)'\n'), before.Length - (before.LastIndexOf((byte)'\n') + 1));
            throw new JsonException(
                $"A text has half a character in it. LineNumber: {line} | BytePositionInLine: {position}.",
                path: null, line, position, unreadable);
        }
    }
}
