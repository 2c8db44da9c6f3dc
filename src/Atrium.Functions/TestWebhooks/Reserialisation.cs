using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Atrium.Functions.TestWebhooks;

/// <summary>
/// Other forms of a body, by which it is found out that a receiver has not kept the bytes that were signed: it parsed and wrote them again, or an
/// editor touched them on the way here.
/// </summary>
internal static class Reserialisation
{
    static readonly JavaScriptEncoder AsciiOnly = JavaScriptEncoder.Create(UnicodeRanges.BasicLatin);

    /// <summary>The forms, each with what was done to the body that makes it differ from this form.</summary>
    public static IEnumerable<(string What, byte[] Bytes)> FormsOf(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
        {
            yield break;
        }

        var text = Encoding.UTF8.GetString(body.Span);
        yield return ("white space was added at its beginning or end, such as a line break", Encoding.UTF8.GetBytes(text.Trim().Trim('\ufeff')));
        yield return ("the line break at its end was removed", Encoding.UTF8.GetBytes(text + "\n"));
        yield return ("the line break at its end was removed", Encoding.UTF8.GetBytes(text + "\r\n"));
        var lines = text.ReplaceLineEndings("\n");
        yield return ("its line endings were changed to CRLF", Encoding.UTF8.GetBytes(lines));
        yield return ("its line endings were changed to CRLF", Encoding.UTF8.GetBytes(lines.TrimEnd('\n')));
        yield return ("its line endings were changed to LF", Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));
        if (text.All(c => c < 256))
        {
            yield return ("its UTF-8 was read as Latin-1", Encoding.Latin1.GetBytes(text));
        }

        foreach (var form in Written(body))
        {
            yield return ("it was parsed and written again, in another format", form);
        }
    }

    static List<byte[]> Written(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return
            [
                .. from encoder in new[] { JavaScriptEncoder.UnsafeRelaxedJsonEscaping, JavaScriptEncoder.Default, AsciiOnly }
                   from options in new JsonWriterOptions[]
                   {
                       new() { Encoder = encoder },
                       new() { Encoder = encoder, Indented = true, IndentSize = 2, NewLine = "\n" },
                       new() { Encoder = encoder, Indented = true, IndentSize = 4, NewLine = "\n" },
                   }
                   select Write(root, options),
            ];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    static byte[] Write(JsonElement root, JsonWriterOptions options)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            root.WriteTo(writer);
        }

        return stream.ToArray();
    }
}
