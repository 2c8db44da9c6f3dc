using System.Text.RegularExpressions;
using Atrium.Functions.Http;

namespace Atrium.Functions.Egress;

/// <summary>
/// Cuts each URL in a text to its origin, and hides the path and query of the request, however they are escaped: they
/// may have a key to the receiver. Used for text that is stored. Pure.
/// </summary>
internal static partial class UrlMask
{
    // In characters: a shorter part of a path or query is not a key, and hiding it would spoil answers.
    const int MinLength = 6;

    const string Hidden = "\u2026";

    // A backslash before the n of a key can begin a line, or stand in a path of Windows.
    static readonly Escapes[] Meanings = [Escapes.Letters, Escapes.Sure];

    /// <param name="text">What a receiver answered.</param>
    /// <param name="known">The URLs that the answer is about: the one requested, and where it redirects to.</param>
    /// <param name="isCut">Whether the text went on, so that it may end with the beginning of a key.</param>
    public static string Hide(string text, IEnumerable<Uri> known, bool isCut)
    {
        var urls = known.ToList();
        var paths = Distinct(urls.SelectMany(url => new[] { url.PathAndQuery, url.AbsolutePath }));
        var keys = Distinct(urls.SelectMany(Keys).Where(key => Uri.UnescapeDataString(key).Length >= MinLength));
        return DecodedText.Without(
            text,
            from meaning in Meanings
            let reading = DecodedText.Of(text, meaning)
            from part in Urls(reading.Text)
                .Concat(paths.SelectMany(path => PlacesOfPath(reading, path)))
                .Concat(keys.SelectMany(key => reading.Places(key, StringComparison.OrdinalIgnoreCase)))
                .Concat(isCut ? keys.Concat(paths).SelectMany(key => CutAtEnd(reading, key)) : [])
            select reading.Place(part),
            Hidden);
    }

    static IEnumerable<(int Start, int End)> Urls(string text)
    {
        foreach (Match url in Url().Matches(text))
        {
            if (url.Groups["user"] is { Success: true } user)
            {
                yield return (user.Index, user.Index + user.Length);
            }

            if (url.Groups["rest"] is var rest && rest.Value.Any(char.IsLetterOrDigit))
            {
                yield return (rest.Value[0] == '/' ? rest.Index + 1 : rest.Index, rest.Index + rest.Length);
            }
        }
    }

    // A query without names is a value.
    static IEnumerable<string> Keys(Uri requested) =>
        requested.AbsolutePath.Split('/')
            .Append(requested.Query.TrimStart('?'))
            .Concat(requested.Query.TrimStart('?').Split('&', ';').Select(pair => pair[(pair.IndexOf('=') + 1)..]));

    // A receiver may redirect to a URL of hundreds of parts. Those that differ in case only are found at once.
    static HashSet<string> Distinct(IEnumerable<string> parts) =>
        parts.SelectMany(Forms).ToHashSet(StringComparer.OrdinalIgnoreCase);

    // As a text without escapes has it: where it was encoded, where it was decoded once, and where as often as could
    // be; and each as a form's field is read.
    static IEnumerable<string> Forms(string part) =>
        from meaning in Meanings
        from form in new[]
        {
            DecodedText.Of(part, meaning).Text,
            DecodedText.Of(Uri.UnescapeDataString(part), meaning).Text,
            Uri.UnescapeDataString(DecodedText.Of(part, meaning).Text),
        }
        from read in new[] { form, form.Replace('+', ' ') }
        select read;

    // A path may be short: it is no part of a longer one, and no end of an HTML element.
    static IEnumerable<(int Start, int End)> PlacesOfPath(DecodedText reading, string path) =>
        from place in path.Length > 1 ? reading.Places(path, StringComparison.OrdinalIgnoreCase) : []
        where (place.Start == 0 || reading.Text[place.Start - 1] != '<')
            && (place.End == reading.Text.Length || !char.IsLetterOrDigit(reading.Text[place.End]))
        select (place.Start + 1, place.End);

    static IEnumerable<(int Start, int End)> CutAtEnd(DecodedText reading, string key) =>
        reading.CutAtEnd(key, MinLength, StringComparison.OrdinalIgnoreCase) is { } cut ? [cut] : [];

    // RFC 3986, sections 3 and 4.2: a reference may leave its scheme out. An apostrophe can be a part of a path, so
    // that none ends a URL. No scheme is longer than 32 characters; without the bound, a receiver could send what takes
    // long to look through.
    [GeneratedRegex(
        """
        (?:[a-z][a-z0-9+.-]{0,31}:|(?<![\w:/]))//
        (?:(?<user>[^\x00-\x20\x7f"<>/\\?\#]*)@)?
        (?:\[[0-9a-f:.]*\]|[\w.-]*)(?::[0-9]+)?
        (?<rest>[^\x00-\x20\x7f"<>]*)
        """, RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Url();
}
