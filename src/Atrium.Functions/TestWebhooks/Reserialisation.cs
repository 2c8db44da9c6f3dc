using System.Text;
using System.Text.Unicode;

namespace Atrium.Functions.TestWebhooks;

/// <summary>
/// Other forms of a body. They show that a receiver did not verify the bytes that were signed: it parsed and wrote them
/// again, or an editor changed them. Pure.
/// </summary>
internal static class Reserialisation
{
    static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(
        1252, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    static readonly Encoding Latin1 = Encoding.GetEncoding(
        "latin1", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    /// <summary>The forms, each with what was done to the body that makes it differ from this form.</summary>
    public static IEnumerable<(string What, byte[] Bytes)> FormsOf(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
        {
            yield break;
        }

        var text = Encoding.UTF8.GetString(body.Span);
        var bare = text.Trim().Trim('\ufeff');
        yield return (
            "white space was added at its beginning or end, such as a line break", Encoding.UTF8.GetBytes(bare));
        yield return ("the line break at its end was removed", Encoding.UTF8.GetBytes(text + "\n"));
        yield return ("the line break at its end was removed", Encoding.UTF8.GetBytes(text + "\r\n"));
        var lines = text.ReplaceLineEndings("\n");
        yield return ("its line endings were changed to CRLF", Encoding.UTF8.GetBytes(lines));
        yield return ("its line endings were changed to CRLF", Encoding.UTF8.GetBytes(lines.TrimEnd('\n')));
        yield return ("its line endings were changed to LF", Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));
        if (Encoded(text, Latin1) is { } latin1)
        {
            yield return ("its UTF-8 was read as Latin-1", latin1);
        }

        if (Encoded(text, Windows1252) is { } windows1252)
        {
            yield return ("its UTF-8 was read as Windows-1252", windows1252);
        }

        foreach (var form in JsonForms.Of(bare))
        {
            yield return ("it was parsed and written again, in another format", Encoding.UTF8.GetBytes(form));
            yield return ("it was parsed and written again, in another format", Encoding.UTF8.GetBytes(form + "\n"));
        }
    }

    static byte[]? Encoded(string text, Encoding encoding)
    {
        try
        {
            return encoding.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
