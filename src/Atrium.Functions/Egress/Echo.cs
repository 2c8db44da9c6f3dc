using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Atrium.Functions.Egress;

/// <summary>
/// Hides values of custom headers that an endpoint sends back. These values can be written but not read, and answers
/// are stored and shown. This is meant for debugging pages that print the request. It cannot stop an endpoint that
/// writes a value in another form.
/// </summary>
internal static class Echo
{
    const string Hidden = "***";

    // In characters: hiding a value as short as "true" would spoil answers, and protect nothing.
    const int MinLength = 6;

    /// <param name="exchange">What came back.</param>
    /// <param name="values">What was sent, visible ASCII.</param>
    public static Exchange Hide(Exchange exchange, IEnumerable<string> values)
    {
        // The longest first: otherwise the rest of a longer value would stay visible.
        var forms = values.SelectMany(Forms).Where(form => form.Length >= MinLength).Distinct()
            .OrderByDescending(form => form.Length).ToList();
        // Latin-1 turns any bytes into as many characters, and back.
        return forms.Count == 0 ? exchange : exchange with
        {
            Body = exchange.Body with
            {
                Bytes = Encoding.Latin1.GetBytes(
                    Hide(Encoding.Latin1.GetString(exchange.Body.Bytes.Span), forms, exchange.Body.Truncated)),
            },
            Headers =
            [
                .. exchange.Headers.Select(header => KeyValuePair.Create(
                    header.Key, Hide(header.Value, forms, header.Value.Length >= ResponseHeaders.MaxValueLength))),
            ],
            Location = exchange.Location is null ? null : Hide(exchange.Location, forms, truncated: false),
            Explanation = Hide(exchange.Explanation, forms, truncated: false),
        };
    }

    // As sent, without a scheme such as Bearer, and as it stands in JSON, HTML and URLs.
    static IEnumerable<string> Forms(string value) =>
        from text in new[] { value, value[(value.LastIndexOf(' ') + 1)..] }
        from form in new[]
        {
            text,
            JsonEncodedText.Encode(text).Value,
            JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
            HtmlEncoder.Default.Encode(text),
            Uri.EscapeDataString(text),
        }
        select form;

    static string Hide(string text, List<string> forms, bool truncated)
    {
        foreach (var form in forms)
        {
            text = text.Replace(form, Hidden, StringComparison.Ordinal);
        }

        return truncated && forms.Max(form => CutAtEnd(text, form)) is > 0 and var cut ? text[..^cut] + Hidden : text;
    }

    /// <summary>How much of a form's beginning the text ends with.</summary>
    static int CutAtEnd(string text, string form)
    {
        for (var length = Math.Min(form.Length, text.Length); length >= MinLength; length--)
        {
            if (text.AsSpan().EndsWith(form.AsSpan(0, length), StringComparison.Ordinal))
            {
                return length;
            }
        }

        return 0;
    }
}
