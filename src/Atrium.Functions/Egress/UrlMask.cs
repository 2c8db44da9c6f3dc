using System.Text.RegularExpressions;

namespace Atrium.Functions.Egress;

/// <summary>
/// Leaves of each URL in a text its origin, since path and query may hold a key to a receiver. For what is kept. Pure.
/// </summary>
internal static partial class UrlMask
{
    public static string Hide(string text) => Url().Replace(
        text, url => $"{url.Groups["scheme"]}{url.Groups["host"]}{(url.Groups["rest"].Success ? "/\u2026" : "")}");

    // As it stands in plain text, JSON, HTML and another URL's query. A user name and password go too. No scheme is longer
    // than 32 characters; without the bound, a receiver could send what takes long to look through.
    [GeneratedRegex(
        """
        (?<scheme>[a-z][a-z0-9+.-]{0,31}(?::|%3a|&\#58;)(?:\\?/|%2f|&\#x2f;|&\#47;){2})
        (?:[^\s/\\?\#"'<>@]+(?:@|%40))?
        (?<host>[^\s/\\?\#"'<>%&,;)]+)
        (?<rest>(?:\\?/|[?\#]|%2f|%3f|%23|&\#x2f;|&\#47;)[^\s"'<>]*)?
        """, RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Url();
}
