using Atrium.Functions.Egress;
using Atrium.Functions.Signing;

namespace Atrium.Functions.Deliveries;

/// <summary>The request of the contract. The bytes that are signed are the bytes that are sent.</summary>
internal static class WebhookRequest
{
    /// <param name="message">The attempt.</param>
    /// <param name="url">The subscription's URL.</param>
    /// <param name="secrets">What signs, the one in force first; empty for a subscription without a secret.</param>
    /// <param name="headers">The subscription's custom headers.</param>
    /// <param name="now">The attempt's time: each attempt is signed anew.</param>
    public static OutgoingRequest Of(
        DeliveryMessage message, string url, IReadOnlyList<SigningSecret> secrets,
        IReadOnlyDictionary<string, string> headers, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds();
        var body = message.Body.ToMemory();
        return new OutgoingRequest(url, message.DeliveryId, timestamp, body)
        {
            Signature = secrets.Count == 0
                ? null
                : StandardWebhooks.Sign(message.DeliveryId, timestamp, body.Span, secrets),
            CustomHeaders = headers,
        };
    }
}
