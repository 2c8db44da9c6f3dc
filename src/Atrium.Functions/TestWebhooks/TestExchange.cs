using Atrium.Functions.Egress;

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
/// <param name="Explanation">What happened and what to do, in a sentence or two.</param>
internal sealed record TestExchange(
    bool Succeeded, string Event, SentRequest Request, ReceivedResponse? Response, bool Resent,
    TimingsView Timings, string? ErrorClass, string Explanation)
{
    public static TestExchange Of(string eventName, OutgoingRequest request, Exchange exchange) => new(
        exchange.Succeeded,
        eventName,
        SentRequest.Of(request),
        exchange.Status is { } status ? ReceivedResponse.Of(status, exchange) : null,
        exchange.Resent,
        TimingsView.Of(exchange.Timings),
        exchange.Error?.Name(),
        exchange.Succeeded && exchange.Error is null
            ? $"The endpoint answered {exchange.Status}: an event would count as delivered."
            : exchange.Explanation);
}
