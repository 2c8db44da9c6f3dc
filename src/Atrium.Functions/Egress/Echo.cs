using System.Text;
using Atrium.Functions.Http;

namespace Atrium.Functions.Egress;

/// <summary>
/// Hides values of custom headers that an endpoint sends back, however they are escaped. These values can be written
/// but not read, and answers are stored and shown. This is meant for debugging pages that print the request. It cannot
/// stop an endpoint that writes a value in another form. Pure.
/// </summary>
internal static class Echo
{
    const string Hidden = "***";

    // In characters: hiding a value as short as "true" would spoil answers, and protect nothing.
    const int MinLength = 6;

    // A value has a few forms, unless it is made of escapes that can be read in several ways. To look for so many would
    // take seconds, so then nothing is shown of the answer.
    const int MostWords = 100;

    /// <param name="exchange">What came back.</param>
    /// <param name="values">What was sent, visible ASCII.</param>
    public static Exchange Hide(Exchange exchange, IEnumerable<string> values)
    {
        var words = values.SelectMany(Words).Where(word => word.Length >= MinLength).ToHashSet();
        // Latin-1 turns any bytes into as many characters, and back.
        return words.Count == 0 ? exchange : exchange with
        {
            Body = exchange.Body with
            {
                Bytes = Encoding.Latin1.GetBytes(
                    Hide(Encoding.Latin1.GetString(exchange.Body.Bytes.Span), words, exchange.Body.Truncated)),
            },
            Headers =
            [
                .. exchange.Headers.Select(header => KeyValuePair.Create(
                    header.Key, Hide(header.Value, words, header.Value.Length >= ResponseHeaders.MaxValueLength))),
            ],
            Location = exchange.Location is null ? null : Hide(exchange.Location, words, truncated: false),
            Explanation = Hide(exchange.Explanation, words, truncated: false),
        };
    }

    // As sent, and without a scheme such as Bearer.
    static IEnumerable<string> Words(string value) =>
        from sent in new[] { value, value[(value.LastIndexOf(' ') + 1)..] }
        from word in Readings(sent).SelectMany(reading => AsRead(reading.Text))
            .Where(word => word.Any(char.IsLetterOrDigit)).Append(sent)
        select word;

    // As it stands in a text without escapes: a backslash at its end may be taken for the beginning of one, and a form
    // writes a space as a plus.
    static IEnumerable<string> AsRead(string word) =>
        from text in new[] { word, word.TrimEnd('\\'), word.Replace('\t', ' ') }
        from read in new[] { text, text.Replace('+', ' '), text.Replace(' ', '+') }
        select read;

    // All that the text can mean: a value may look like an escape itself, or stand behind half of one.
    static IEnumerable<DecodedText> Readings(string text) =>
    [
        DecodedText.AsItCame(text),
        .. DecodedText.Readings(text, Escapes.UrlEnds),
        .. DecodedText.Readings(text, Escapes.UrlEnds | Escapes.Letters),
    ];

    static string Hide(string text, HashSet<string> words, bool truncated) => words.Count > MostWords
        ? Hidden
        : DecodedText.Without(
        text,
        from reading in Readings(text).DistinctBy(reading => reading.Text)
        from word in words
        from part in reading.Places(word, StringComparison.Ordinal).Concat(truncated ? CutAtEnd(reading, word) : [])
        select reading.Place(part),
        Hidden);

    static IEnumerable<(int Start, int End)> CutAtEnd(DecodedText reading, string word) =>
        reading.CutAtEnd(word, MinLength, StringComparison.Ordinal) is { } cut ? [cut] : [];
}
