using Atrium.Functions.Egress;
using Atrium.Functions.Signing;

namespace Atrium.Functions.Deliveries;

/// <summary>The request of the contract. The bytes that are signed are the bytes that are sent.</summary>
internal static class WebhookRequest
{
    /// <param name="message">The attempt.</param>
    /// <param name="url">The subscription's URL.</param>
    /// <param name="secret">The subscription's secret, if it has one.</param>
    /// <param name="now">The attempt's time: each attempt is signed anew.</param>
    public static OutgoingRequest Of(DeliveryMessage message, string url, SigningSecret? secret, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds();
        var body = message.Body.ToMemory();
        return new OutgoingRequest(url, message.DeliveryId, timestamp, body)
        {
            Signature = secret is null ? null : StandardWebhooks.Sign(message.DeliveryId, timestamp, body.Span, [secret]),
        };
    }
}
