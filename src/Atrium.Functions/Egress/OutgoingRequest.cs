using System.Collections.Frozen;
using System.Globalization;
using Atrium.Functions.Signing;

namespace Atrium.Functions.Egress;

/// <summary>
/// One POST to a customer: the bytes that are signed are the bytes that are sent. Not a record, so that no log prints
/// its parts.
/// </summary>
/// <param name="url">The subscription's URL as stored. It is judged again on sending, by the settings of that
/// moment.</param>
/// <param name="id">The delivery's <c>webhook-id</c>.</param>
/// <param name="timestamp">This attempt's time, in seconds since 1970: each attempt is signed anew.</param>
/// <param name="body">The event's JSON; these bytes, and no others, are sent.</param>
internal sealed class OutgoingRequest(string url, string id, long timestamp, ReadOnlyMemory<byte> body)
{
    public const string ContentType = "application/json";

    public const string UserAgent = "Atrium-Webhook/1";

    const string AcceptHeader = "Accept";

    // Many web application firewalls refuse requests without this header (OWASP CRS, rule 920300).
    const string AcceptAnything = "*/*";

    /// <summary>The header with the id, the same on every retry and replay.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header with the attempt's time.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with the signatures, separated by spaces.</summary>
    public const string SignatureHeader = "webhook-signature";

    /// <summary>The header that marks a test, so that a receiver can drop it.</summary>
    public const string TestHeader = "webhook-test";

    readonly string? _signature;

    public string Url => url;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>What signs, newest first; empty for a subscription without a secret.</summary>
    public IReadOnlyList<SigningSecret> Secrets
    {
        init => _signature = value.Count == 0 ? null : StandardWebhooks.Sign(id, timestamp, body.Span, value);
    }

    /// <summary>Whether this is a test, marked by <see cref="TestHeader"/>.</summary>
    public bool IsTest { get; init; }

    /// <summary>Headers of the customer's own, by name.</summary>
    public IReadOnlyDictionary<string, string> CustomHeaders { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// The headers as they are sent, but for Host and Content-Length. A custom header never replaces one of ours,
    /// except Accept.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers()
    {
        var ours = OwnHeaders();
        return [.. ours,
            .. CustomHeaders.Where(
            custom => !ours.Any(own => own.Key.Equals(custom.Key, StringComparison.OrdinalIgnoreCase)))];
    }

    List<KeyValuePair<string, string>> OwnHeaders() =>
    [
        new("Content-Type", ContentType),
        new("User-Agent", UserAgent),
        .. CustomHeaders.Keys.Contains(AcceptHeader, StringComparer.OrdinalIgnoreCase)
            ? []
            : (KeyValuePair<string, string>[])[new(AcceptHeader, AcceptAnything)],
        new(IdHeader, id),
        new(TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture)),
        .. _signature is null ? [] : (KeyValuePair<string, string>[])[new(SignatureHeader, _signature)],
        .. IsTest ? (KeyValuePair<string, string>[])[new(TestHeader, "true")] : [],
    ];
}
