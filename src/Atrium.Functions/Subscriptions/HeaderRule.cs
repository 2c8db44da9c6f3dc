using System.Buffers;
using System.Text;
using Atrium.Functions.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Which headers a customer may have sent along. What frames the request, tells who sends it, or is set by what stands
/// before a receiver stays ours: a custom header could otherwise split a request in two, forge a signature, or pass for
/// another caller.
/// </summary>
internal static class HeaderRule
{
    /// <summary>Each costs space in every request.</summary>
    public const int MaxCount = 10;

    /// <summary>In characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>
    /// In characters: takes a signed token, and ten of them stay below what the vault takes as one secret.
    /// </summary>
    public const int MaxValueLength = 1024;

    // RFC 9110, 5.6.2.
    static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    static readonly string[] Reserved =
    [
        // Framing and connection.
        "host", "connection", "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "expect",
            "http2-settings", "max-forwards", "via",
        // RFC 3875, 4.1.18 makes an environment variable of it, in which libraries look for their proxy.
        "proxy",
        // Content headers: .NET does not send them as request headers.
        "allow", "expires", "last-modified",
        // What the answer should be like is ours to say: none need be compressed, and ranges are not put together.
        "accept-encoding", "range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since",
        // Who sends, when, and in which trace.
        "user-agent", "date", "forwarded", "from", "origin", "referer", "cookie", "cookie2", "traceparent",
            "tracestate", "baggage", "request-id",
        "correlation-context", "x-real-ip", "client-ip", "true-client-ip", "x-client-ip", "x-cluster-client-ip",
        "fastly-client-ip", "fly-client-ip", "x-remote-addr", "x-remote-ip",
        // Which request it is, where it goes and which method it has.
        "x-original-url", "x-original-host", "x-rewrite-url", "x-host", "x-http-method", "x-http-method-override",
        "x-method-override",
    ];

    static readonly string[] ReservedPrefixes =
        ["content-", "proxy-", "sec-", "webhook-", "x-forwarded-", "x-azure-", "x-fd-", "x-ms-", "x-arr-",
            "x-appservice-", "x-amz-", "x-amzn-", "x-goog-", "x-envoy-", "x-vercel-", "x-ssl-client", "ssl-client-",
            "cf-"];

    /// <param name="headers">By name.</param>
    /// <param name="stored">Names that the subscription has. They were taken once, and so they are again.</param>
    public static IEnumerable<FieldError> Faults(
        IReadOnlyDictionary<string, string?> headers, IReadOnlyList<string>? stored = null)
    {
        if (headers.Count > MaxCount)
        {
            yield return new(
                "/headers", FieldErrorCode.InvalidLength,
                $"A subscription may have {MaxCount} headers. Leave some out.");
            yield break;
        }

        foreach (var (name, value) in headers)
        {
            if (stored?.Contains(name, StringComparer.OrdinalIgnoreCase) != true && NameFault(name) is { } nameFault)
            {
                yield return new(PointerTo(name), nameFault.Code, nameFault.Detail);
            }
            else if (ValueFault(value) is { } valueFault)
            {
                yield return new(FieldError.PointerTo("headers", name), valueFault.Code, valueFault.Detail);
            }
            else if (headers.Keys.Count(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) > 1)
            {
                yield return NamedTwice(name);
            }
        }
    }

    /// <summary>What is wrong with names of which one is there twice, in whatever case.</summary>
    public static IEnumerable<FieldError> Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
            .SelectMany(same => same.Select(NamedTwice));

    // A name that is none is not repeated: it may be a value in the wrong place.
    static string PointerTo(string name) => IsName(name) ? FieldError.PointerTo("headers", name) : "/headers";

    static FieldError NamedTwice(string name) => new(
        PointerTo(name), FieldErrorCode.Repeated,
        "This header is named twice; the case of letters makes no difference.");

    static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyExcept(Token);

    static (FieldErrorCode Code, string Detail)? NameFault(string name) => name switch
    {
        _ when InvisibleCharacters.Place(name, InvisibleCharacters.Is) is { } invisible => (
            FieldErrorCode.InvisibleCharacters,
            $"A header's name contains an invisible character: {invisible}. Remove it, or type the name again."),
        _ when !IsName(name) => (
            FieldErrorCode.InvalidFormat,
            $"A header's name has 1 to {MaxNameLength} letters, digits or characters of !#$%&'*+-.^_`|~ (the rule "
            + "token of RFC 9110)."),
        _ when Reserved.Contains(Folded(name)) => (
            FieldErrorCode.ReservedHeader,
            $"The header {name} is reserved: it controls how requests are sent, or says who sends them. "
                + "Use a name of your own, such as X-Api-Key or Authorization."),
        _ when Folded(name) is var folded
            && Array.Find(ReservedPrefixes, start => folded.StartsWith(start, StringComparison.Ordinal))
            is { } prefix => (
            FieldErrorCode.ReservedHeader,
            $"Headers that begin with {prefix} are reserved. Use a name of your own, such as X-Api-Key or "
                + "Authorization."),
        _ => null,
    };

    // RFC 3875, 4.1.18: with CGI, and so with WSGI and PHP, the - in a name becomes a _. With some servers, such as
    // lighttpd, so does whatever is neither letter nor digit.
    static string Folded(string name) =>
        string.Concat(name.Select(one => char.IsAsciiLetterOrDigit(one) ? char.ToLowerInvariant(one) : '-'));

    static (FieldErrorCode Code, string Detail)? ValueFault(string? value) => value switch
    {
        null or "" => (
            FieldErrorCode.Missing,
            "A header needs a value. Stored values are not shown: send all of them again, or change one by PATCH."),
        { Length: > MaxValueLength } => (
            FieldErrorCode.InvalidLength, $"A header's value may have {MaxValueLength} characters."),
        _ when InvisibleCharacters.Place(value, character => character.Value is '\r' or '\n') is { } end => (
            FieldErrorCode.InvalidCharacters,
            $"A header's value may contain no line break, which would begin another header: {end}. Remove it."),
        _ when InvisibleCharacters.Place(value, IsNoValueCharacter) is { } other => (
            FieldErrorCode.InvalidCharacters,
            $"A header's value takes visible ASCII, spaces and tabs only, and here is something else: {other}. "
            + "Remove it, or encode it, for example by percent-encoding."),
        _ when value[0] is ' ' or '\t'
            || value[^1] is ' ' or '\t' => (
            FieldErrorCode.InvalidCharacters,
            "A header's value neither begins nor ends with a space or tab: receivers drop them."),
        _ => null,
    };

    static bool IsNoValueCharacter(Rune character) => character.Value is not ('\t' or (>= ' ' and <= '~'));
}
