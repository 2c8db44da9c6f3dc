using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// A notice, as a delivery to the tenant's own URL. Its ids are computed from its content, so a notice that is sent
/// twice is dropped as a duplicate.
/// </summary>
internal static class Notice
{
    /// <param name="failing">The subscription, which fails.</param>
    /// <param name="lost">The first delivery that failed for good.</param>
    /// <param name="why">What its dead letter says.</param>
    public static DeliveryMessage Failing(
        Subscription failing, DeliveryMessage lost, string why, DateTimeOffset now) =>
        Of(NoticeEvent.Failing, failing, new(lost.DeliveryId, lost.EventType, why), now);

    /// <param name="failing">The subscription, as it was while it failed.</param>
    /// <param name="delivered">The first delivery that succeeded.</param>
    public static DeliveryMessage Recovered(Subscription failing, DeliveryMessage delivered, DateTimeOffset now) =>
        Of(NoticeEvent.Recovered, failing, new(delivered.DeliveryId, delivered.EventType, null), now);

    static DeliveryMessage Of(string name, Subscription of, NoticeDelivery delivery, DateTimeOffset now)
    {
        var since = of.Failing!.Since;
        var id = StableHash.Of(of.Tenant, of.Id, name, since.UtcTicks.ToString(CultureInfo.InvariantCulture));
        var body = new NoticeBody(
            name, now.UtcDateTime, new(of.Id, of.Name, OriginOf(of.Url)), since.UtcDateTime, delivery);
        return new DeliveryMessage
        {
            Tenant = of.Tenant,
            SubscriptionId = SubscriptionId.Notices,
            EventId = id,
            EventType = name,
            DeliveryId = DeliveryId.Of(of.Tenant, id, SubscriptionId.Notices),
            AcceptedAt = now,
            LivesFrom = now,
            RunStartedAt = now,
            DueAt = now,
            Body = new(JsonSerializer.SerializeToUtf8Bytes(body, NoticeJson.Default.NoticeBody)),
        };
    }

    // No more of the URL: its path and query can hold secrets.
    static string OriginOf(string url) =>
        AbsoluteUrl.Of(url)?.GetLeftPart(UriPartial.Authority) ?? "";
}

/// <summary>The body of a notice.</summary>
/// <param name="Event">One of <see cref="NoticeEvent.Names"/>.</param>
/// <param name="Timestamp">When it was noticed.</param>
/// <param name="Webhook">The subscription.</param>
/// <param name="FailingSince">When the first dead letter was made.</param>
/// <param name="Delivery">The delivery that showed the change.</param>
internal sealed record NoticeBody(
    string Event, DateTime Timestamp, NoticeWebhook Webhook, DateTime FailingSince, NoticeDelivery Delivery);

/// <param name="Id">The subscription's id.</param>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="Origin">Scheme, host and port of its URL.</param>
internal sealed record NoticeWebhook(string Id, string? Name, string Origin);

/// <param name="Id">The <c>webhook-id</c>.</param>
/// <param name="Event">Of which event.</param>
/// <param name="Explanation">Why it failed, in a sentence; null when it succeeded.</param>
internal sealed record NoticeDelivery(string Id, string Event, string? Explanation);

/// <summary>Names as in the events of the contract.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NoticeBody))]
internal sealed partial class NoticeJson : JsonSerializerContext;
