using System.Text.RegularExpressions;

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

    /// <param name="text">What a receiver answered.</param>
    /// <param name="known">The URLs that the answer is about: the one requested, and where it redirects to.</param>
    /// <param name="isCut">Whether the text went on, so that it may end with the beginning of a key.</param>
    public static string Hide(string text, IEnumerable<Uri> known, bool isCut)
    {
        var decoded = DecodedText.Of(text);
        var urls = known.ToList();
        var paths = Distinct(urls.SelectMany(url => new[] { url.PathAndQuery, url.AbsolutePath }));
        var keys = Distinct(urls.SelectMany(Keys).Where(key => Uri.UnescapeDataString(key).Length >= MinLength));
        return decoded.Without(
            Urls(decoded.Text)
                .Concat(paths.SelectMany(path => PlacesOfPath(decoded.Text, path)))
                .Concat(keys.SelectMany(key => Places(decoded.Text, key)))
                .Concat(isCut ? keys.Concat(paths).SelectMany(key => CutAtEnd(decoded.Text, key)) : []),
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
        from form in new[]
        {
            DecodedText.Of(part).Text,
            DecodedText.Of(Uri.UnescapeDataString(part)).Text,
            Uri.UnescapeDataString(DecodedText.Of(part).Text),
        }
        from read in new[] { form, form.Replace('+', ' ') }
        select read;

    static IEnumerable<(int Start, int End)> Places(string text, string key)
    {
        for (var at = -1; (at = text.IndexOf(key, at + 1, StringComparison.OrdinalIgnoreCase)) >= 0;)
        {
            yield return (at, at + key.Length);
        }
    }

    // A path may be short: it is no part of a longer one, and no end of an HTML element.
    static IEnumerable<(int Start, int End)> PlacesOfPath(string text, string path) =>
        from place in path.Length > 1 ? Places(text, path) : []
        where (place.Start == 0 || text[place.Start - 1] != '<')
            && (place.End == text.Length || !char.IsLetterOrDigit(text[place.End]))
        select (place.Start + 1, place.End);

    static IEnumerable<(int Start, int End)> CutAtEnd(string text, string key)
    {
        for (var length = Math.Min(key.Length - 1, text.Length); length >= MinLength; length--)
        {
            if (text.AsSpan().EndsWith(key.AsSpan(0, length), StringComparison.OrdinalIgnoreCase))
            {
                yield return (text.Length - length, text.Length);
            }
        }
    }

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
