using System.Net;
using System.Text;
using Atrium.Functions.Http;

namespace Atrium.Functions.Egress;

/// <summary>What came of one request to a customer.</summary>
internal sealed record Exchange
{
    /// <summary>The answer's status, 100 to 999, or null when none came.</summary>
    public int? Status { get; init; }

    /// <summary>
    /// Whether the event is delivered. Only this decides: a success may have the error class <see
    /// cref="ErrorClass.Body"/>.
    /// </summary>
    public bool Succeeded => Status is >= 200 and <= 299;

    /// <summary>What went wrong, or null.</summary>
    public ErrorClass? Error { get; init; }

    /// <summary>What else was found out; null when the class and the status say all.</summary>
    public FailureCause? Cause { get; init; }

    /// <summary>
    /// What happened and what to do about it; for the customer. It has no path and no query of a URL.
    /// </summary>
    public required string Explanation { get; init; }

    /// <summary>
    /// The URL that the request went to; null when it was refused. It may hold a key: neither keep nor log it.
    /// </summary>
    public Uri? Requested { get; init; }

    /// <summary>The answer's headers, bounded by <see cref="ResponseHeaders"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The target of a redirect, absolute. It may hold a key: show it, and neither keep nor log it.</summary>
    public string? Location { get; init; }

    /// <summary>The URLs that it is about: the one requested, and the target of a redirect.</summary>
    public IEnumerable<Uri> Urls =>
        new[] { Requested, AbsoluteUrl.Of(Location) }.OfType<Uri>();

    /// <summary>The wait that the endpoint asked for, by whatever status, 0 to 1 day.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The beginning of the answer's body.</summary>
    public BodyExcerpt Body { get; init; }

    /// <summary>
    /// Whether the request went out a second time, on a fresh connection, because the receiver had closed the
    /// connection within a second and before any byte of an answer.
    /// </summary>
    public bool Resent { get; init; }

    /// <summary>Where the time went.</summary>
    public ExchangeTimings Timings { get; init; }

    /// <summary>For operators only: the rule that refused the URL or an address.</summary>
    public string? BlockedRule { get; init; }

    /// <summary>
    /// For operators only: the address connected to, refused or tried last; null when an open connection was used
    /// again.
    /// </summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>Status and error class only.</summary>
    public override string ToString() =>
        $"{(Status is { } status ? $"{status:D}" : "no answer")} {Error?.Name()}".TrimEnd();
}

/// <summary>Where the time of an exchange went, in milliseconds.</summary>
/// <param name="Dns">Resolving the name. This, connecting and TLS are null when an open connection was used again, or
/// when it did not come to that.</param>
/// <param name="Connect">Connecting, all addresses tried included.</param>
/// <param name="Tls">The TLS handshake; null for http.</param>
/// <param name="FirstByte">From the start until the answer's headers were complete; null when they were not.</param>
/// <param name="Total">From the start to the end.</param>
internal readonly record struct ExchangeTimings(
    double? Dns, double? Connect, double? Tls, double? FirstByte, double Total)
{
    public static ExchangeTimings Of(ConnectionProgress progress, TimeSpan? firstByte, TimeSpan total) => new(
        progress.Dns?.TotalMilliseconds,
        progress.Connect?.TotalMilliseconds,
        progress.Tls?.TotalMilliseconds,
        firstByte?.TotalMilliseconds,
        total.TotalMilliseconds);
}

/// <summary>The beginning of an answer's body.</summary>
/// <param name="Bytes">At most <see cref="ExcerptReader.MaxLength"/>.</param>
/// <param name="Truncated">Whether the body was longer, or did not end in time.</param>
internal readonly record struct BodyExcerpt(ReadOnlyMemory<byte> Bytes, bool Truncated)
{
    public static readonly BodyExcerpt None;

    /// <summary>The bytes as UTF-8; what is not UTF-8, a character cut at the end included, becomes U+FFFD.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes.Span);
}
