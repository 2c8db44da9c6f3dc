using System.Globalization;
using System.Text;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;

namespace Atrium.Functions.TestWebhooks;

/// <summary>What was sent in a test, and what came back.</summary>
/// <param name="Succeeded">Whether a delivery would have counted as delivered.</param>
/// <param name="Event">Of which event a sample was sent.</param>
/// <param name="Request">The request; with <paramref name="ErrorClass"/> <c>blocked</c> or <c>dns</c>, what would have
/// been sent.</param>
/// <param name="Response">The answer, or null when none came.</param>
/// <param name="Resent">Whether the request went out a second time; see <see cref="Exchange.Resent"/>.</param>
/// <param name="Timings">Where the time went.</param>
/// <param name="ErrorClass">One of <c>dns connect tls timeout reset refused blocked http body</c>; null when nothing
/// went wrong.</param>
/// <param name="Cause">A name of <see cref="FailureCause"/>; null when class and status say all.</param>
/// <param name="Explanation">What happened and what to do, in a sentence or two.</param>
internal sealed record TestExchange(
    bool Succeeded, string Event, SentRequest Request, ReceivedResponse? Response, bool Resent,
    ExchangeTimings Timings, string? ErrorClass, string? Cause, string Explanation)
{
    public static TestExchange Of(string eventName, OutgoingRequest request, Exchange exchange) => new(
        exchange.Succeeded,
        eventName,
        SentRequest.Of(request),
        exchange.Status is { } status ? ReceivedResponse.Of(status, exchange) : null,
        exchange.Resent,
        exchange.Timings,
        exchange.Error?.Name(),
        exchange.Cause?.Name(),
        exchange.Succeeded && exchange.Error is null
            ? $"The endpoint answered {exchange.Status}: an event would count as delivered."
            : exchange.Explanation);
}

/// <summary>The request of a test.</summary>
/// <param name="Method">POST.</param>
/// <param name="Url">Where it went.</param>
/// <param name="Headers">As sent, the signature included. Values that an admin has set are hidden: they can be written,
/// and not read.</param>
/// <param name="Body">The sample, exactly as it was signed and sent.</param>
internal sealed record SentRequest(string Method, string Url, IReadOnlyList<HeaderView> Headers, string Body)
{
    const string Hidden = "***";

    public static SentRequest Of(OutgoingRequest request) => new(
        "POST",
        request.Url,
        [
            .. request.Headers().Select(header =>
                new HeaderView(header.Key, request.CustomHeaders.Contains(header) ? Hidden : header.Value)),
            new HeaderView("Content-Length", request.Body.Length.ToString(CultureInfo.InvariantCulture)),
        ],
        Encoding.UTF8.GetString(request.Body.Span));
}

/// <summary>One header; a list of them, since a name can come more than once.</summary>
/// <param name="Name">Its name, as sent.</param>
/// <param name="Value">Its value.</param>
internal sealed record HeaderView(string Name, string Value);

/// <summary>The answer to a test.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Its headers, in the order they came.</param>
/// <param name="Location">Where a redirect points, absolute; null otherwise.</param>
/// <param name="Body">The first 16 KB of its body.</param>
/// <param name="BodyEncoding"><c>text</c>, or <c>base64</c> when the bytes are no text.</param>
/// <param name="Truncated">Whether the body was longer, or did not end in time.</param>
internal sealed record ReceivedResponse(
    int Status, IReadOnlyList<HeaderView> Headers, string? Location, string Body, string BodyEncoding, bool Truncated)
{
    public static ReceivedResponse Of(int status, Exchange exchange)
    {
        var text = Charset.UntilCut(exchange.Body.Bytes.Span, exchange.Body.Truncated);
        return new(
            status,
            [.. exchange.Headers.Select(header => new HeaderView(header.Key, header.Value))],
            exchange.Location,
            text ?? Convert.ToBase64String(exchange.Body.Bytes.Span),
            text is null ? "base64" : "text",
            exchange.Body.Truncated);
    }
}
