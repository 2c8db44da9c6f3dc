using System.Text;
using System.Text.Unicode;
using Atrium.Functions.Egress;

namespace Atrium.Functions.TestWebhooks;

/// <summary>The answer to a test.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Its headers, in the order they came.</param>
/// <param name="Location">Where a redirect points, absolute; null otherwise.</param>
/// <param name="Body">The first 16 KB of its body.</param>
/// <param name="BodyEncoding"><c>text</c>, or <c>base64</c> when the bytes are not UTF-8.</param>
/// <param name="Truncated">Whether the body was longer, or did not end in time.</param>
internal sealed record ReceivedResponse(
    int Status, IReadOnlyList<HeaderView> Headers, string? Location, string Body, string BodyEncoding, bool Truncated)
{
    // A character of UTF-8 has up to four bytes; an excerpt can end after the third of them.
    const int LongestCut = 3;

    public static ReceivedResponse Of(int status, Exchange exchange)
    {
        var text = TextOf(exchange.Body);
        return new(
            status,
            [.. exchange.Headers.Select(header => new HeaderView(header.Key, header.Value))],
            exchange.Location,
            text ?? Convert.ToBase64String(exchange.Body.Bytes.Span),
            text is null ? "base64" : "text",
            exchange.Body.Truncated);
    }

    static string? TextOf(BodyExcerpt body)
    {
        for (var cut = 0; cut <= (body.Truncated ? Math.Min(LongestCut, body.Bytes.Length) : 0); cut++)
        {
            var bytes = body.Bytes.Span[..^cut];
            if (Utf8.IsValid(bytes))
            {
                return Encoding.UTF8.GetString(bytes);
            }
        }

        return null;
    }
}
