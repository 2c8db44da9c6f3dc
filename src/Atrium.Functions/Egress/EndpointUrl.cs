using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Atrium.Functions.Http;

namespace Atrium.Functions.Egress;

/// <summary>
/// A URL that customers' events may be sent to. It exists only if <see cref="Validate"/> allows it. That gives early
/// feedback and is not the guard: what a name resolves to is judged when a connection is opened.
/// </summary>
internal sealed class EndpointUrl
{
    /// <summary>
    /// In characters: more than a receiver's address needs, and not more than proxies and servers accept.
    /// </summary>
    public const int MaxLength = 2048;

    // RFC 1035: 255 bytes on the wire, length bytes included.
    const int MaxHostLength = 253;

    const string Example = "https://example.com/hooks/atrium";

    // What surrounds a line that was pasted. Other spaces at the ends are refused, like those within.
    static readonly char[] AroundALine = [' ', '\t', '\r', '\n'];

    EndpointUrl(Uri uri) => Uri = uri;

    /// <summary>
    /// The URL in its canonical form: the host in lower-case ASCII without a trailing dot, the path and query
    /// percent-encoded.
    /// </summary>
    public Uri Uri { get; }

    /// <summary>
    /// Scheme, host and port: the part that may be logged. The path and the query may have a key to the receiver.
    /// </summary>
    public string Origin => $"{Uri.Scheme}://{Uri.Authority}";

    /// <summary>The origin, and a mark that there is more.</summary>
    public override string ToString() => Uri.PathAndQuery == "/" ? Origin : Origin + "/…";

    /// <summary>
    /// Validates a URL that is to be saved. It refuses invisible characters that an address bar has percent-encoded.
    /// URLs that were saved before this rule stay valid: if they receive events, they are right.
    /// </summary>
    public static UrlValidation ValidateNew(string? text, EgressOptions options)
    {
        var validation = Validate(text, options);
        return validation.Url is { } url
            && InvisibleCharacters.Place(Uri.UnescapeDataString(url.Uri.PathAndQuery), IsPasted) is { } encoded
                ? Refuse(
                    FieldErrorCode.InvisibleCharacters,
                    "The URL's path or query contains an invisible character, percent-encoded (decoded: "
                    + $"{encoded}). Remove it, or type the URL again.")
                : validation;
    }

    // Characters that are pasted by mistake: spaces and marks of direction. Control characters, such as a line break in
    // a query, are there on purpose, and so are characters that join or change letters.
    static bool IsPasted(Rune character) => !Rune.IsControl(character)
        && (InvisibleCharacters.IsStray(character) || InvisibleCharacters.IsSpaceOrDirection(character));

    /// <summary>Judges a URL as a customer gave it.</summary>
    public static UrlValidation Validate(string? text, EgressOptions options)
    {
        var trimmed = (text ?? "").Trim(AroundALine);
        if (trimmed.Length == 0)
        {
            return Refuse(
                FieldErrorCode.Missing,
                $"There is no URL. Enter where the events should go, for example {Example}.");
        }

        if (trimmed.Length > MaxLength)
        {
            return Refuse(
                FieldErrorCode.InvalidLength,
                $"The URL is {trimmed.Length} characters long; {MaxLength} are the most possible.");
        }

        var before = text!.IndexOf(trimmed, StringComparison.Ordinal);
        if (InvisibleCharacters.Place(trimmed, InvisibleCharacters.Is, before) is { } invisible)
        {
            return Refuse(
                FieldErrorCode.InvisibleCharacters,
                $"The URL contains an invisible character: {invisible}. Remove it, or type the URL again. Such "
                + "characters come along when an address is copied from a mail or a document.");
        }

        if (InvisibleCharacters.Place(trimmed, character => character.Value is ' ' or '\\', before) is { } ambiguous)
        {
            return Refuse(
                FieldErrorCode.InvalidCharacters,
                $"The URL contains a space or a backslash: {ambiguous}. Remove it, or percent-encode it.");
        }

        if (!TryParse(trimmed, out var uri, out var host))
        {
            return Refuse(
                FieldErrorCode.InvalidFormat,
                $"This is not a whole URL with a valid host. Write it like {Example}.");
        }

        return Ascii.IsValid(uri.Host)
            ? ValidateParts(uri, host, options)
            : Refuse(
                FieldErrorCode.InvalidCharacters,
                "The host is not written in ASCII. Write an international name in its xn-- form, and an address in "
                + "plain digits.");
    }

    static UrlValidation ValidateParts(Uri uri, string host, EgressOptions options)
    {
        var loopback = options.AllowLoopback && HostRule.IsLoopback(host);
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && loopback))
        {
            return Refuse(
                FieldErrorCode.HttpsRequired,
                $"The URL begins with {uri.Scheme}: and must begin with https://, since events hold visitors' data.");
        }

        if (uri.UserInfo.Length > 0)
        {
            return Refuse(
                FieldErrorCode.CredentialsInUrl,
                "The URL contains a user name or password before an @. Remove it; the signature tells the receiver who "
                + "is calling.");
        }

        if (uri.Fragment.Length > 0)
        {
            return Refuse(
                FieldErrorCode.FragmentInUrl,
                "The URL contains a fragment, # and what follows it, which is never sent to a receiver. Remove it.");
        }

        if (!loopback && !options.Ports.Contains(uri.Port))
        {
            return Refuse(
                FieldErrorCode.PortNotAllowed,
                $"The URL names port {uri.Port}; use {string.Join(" or ", options.Ports)}.");
        }

        return HostRule.DeniedBy(host, options.AllowLoopback) is { } rule
            ? Refuse(
                FieldErrorCode.AddressNotPublic,
                $"The host {host} is refused by the rule {rule}: events go to public addresses only. Use the "
                + "receiver's public name.", rule)
            : Canonical(uri, host);
    }

    static UrlValidation Canonical(Uri uri, string host)
    {
        var authority = IPAddress.TryParse(host, out var address) && address.GetAddressBytes().Length == 16
            ? $"[{address}]"
            : host;
        var canonical = new Uri($"{uri.Scheme}://{authority}:{uri.Port}{uri.PathAndQuery}");
        return canonical.AbsoluteUri.Length > MaxLength
            ? Refuse(
                FieldErrorCode.InvalidLength,
                $"The URL is {canonical.AbsoluteUri.Length} characters long once percent-encoded; {MaxLength} are the "
                + "most possible.")
            : new(new EndpointUrl(canonical), null, null, null);
    }

    static bool TryParse(string text, out Uri uri, out string host)
    {
        uri = AbsoluteUrl.Of(text)!;
        host = uri?.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
            ? HostRule.Canonical(uri)
            : "";
        return host.Length is > 0 and <= MaxHostLength
            && (uri!.HostNameType != UriHostNameType.IPv6 || IPAddress.TryParse(host, out _));
    }

    static UrlValidation Refuse(FieldErrorCode code, string sentence, string? rule = null) =>
        new(null, code, sentence, rule);
}

/// <summary>The result of validating a customer's URL.</summary>
/// <param name="Url">The URL, when it is allowed.</param>
/// <param name="Code">Otherwise the kind of fault.</param>
/// <param name="Refusal">And a sentence for the customer that says what to change. It repeats no more of the URL than
/// scheme, host and port.</param>
/// <param name="Rule">The address rule that refused it, if one did.</param>
internal readonly record struct UrlValidation(
    EndpointUrl? Url, FieldErrorCode? Code, string? Refusal, string? Rule)
{
    /// <summary>Whether there is a URL.</summary>
    [MemberNotNullWhen(true, nameof(Url))]
    [MemberNotNullWhen(false, nameof(Code), nameof(Refusal))]
    public bool IsAllowed => Url is not null;

    /// <summary>The refusal as a fault of the field that has the URL; null when the URL is allowed.</summary>
    public FieldError? Fault(string pointer) => IsAllowed ? null : new(pointer, Code.Value, Refusal);
}

/// <summary>What can be said of a URL's host without resolving it.</summary>
internal static class HostRule
{
    const string Localhost = "localhost";

    /// <summary>
    /// The host as it is judged: as it will be resolved, and without the trailing dot, which hides an address from its
    /// parser.
    /// </summary>
    public static string Canonical(Uri uri)
    {
        var host = uri.IdnHost;
        return host.EndsWith('.') ? host[..^1] : host;
    }

    /// <summary>Whether the host names this machine.</summary>
    public static bool IsLoopback(string host) => IPAddress.TryParse(host, out var address)
        ? IPAddress.IsLoopback(AddressRule.Plain(address))
        : host.Equals(Localhost, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith("." + Localhost, StringComparison.OrdinalIgnoreCase);

    /// <summary>The rule that denies the host, or null when it is allowed as far as its text tells.</summary>
    public static string? DeniedBy(string host, bool allowLoopback) => IPAddress.TryParse(host, out var address)
        ? AddressRule.DeniedBy(address, allowLoopback)
        : IsLoopback(host) && !allowLoopback ? "localhost (loopback)" : null;
}
