using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;
using Names = Atrium.Functions.Deliveries.DeliveryProperties;

namespace Atrium.Functions.Deliveries;

/// <summary>Puts a delivery into the form in which it lies on the queue.</summary>
internal static class DeliveryMessageWriter
{
    /// <summary>For <c>deliveries</c>, with what is left of its life.</summary>
    /// <param name="delivery">The attempt.</param>
    /// <param name="from">When the message becomes active; the broker counts its life from then, not from when it is
    /// scheduled.</param>
    public static ServiceBusMessage Write(DeliveryMessage delivery, DateTimeOffset from)
    {
        var message = WriteParked(delivery);
        message.TimeToLive = Lifetime.LeftOf(delivery.LivesFrom, from);
        return message;
    }

    /// <summary>For <c>parked</c>, where nothing expires.</summary>
    public static ServiceBusMessage WriteParked(DeliveryMessage delivery)
    {
        var message = new ServiceBusMessage(delivery.Body)
        {
            MessageId = delivery.MessageId,
            CorrelationId = delivery.DeliveryId,
            Subject = delivery.EventType,
            ContentType = "application/json",
            ApplicationProperties =
            {
                [Names.Version] = Names.CurrentVersion,
                [Names.Tenant] = delivery.Tenant,
                [Names.Subscription] = delivery.SubscriptionId,
                [Names.Event] = delivery.EventType,
                [Names.EventId] = delivery.EventId,
                [Names.Delivery] = delivery.DeliveryId,
                [Names.Run] = delivery.Run,
                [Names.Attempt] = delivery.Attempt,
                [Names.PutBack] = delivery.PutBack,
                [Names.AcceptedAt] = Text(delivery.AcceptedAt),
                [Names.RunStartedAt] = Text(delivery.RunStartedAt),
                [Names.DueAt] = Text(delivery.DueAt),
            },
        };
        if (delivery.LivesFrom != delivery.AcceptedAt)
        {
            message.ApplicationProperties[Names.LivesFrom] = Text(delivery.LivesFrom);
        }

        if (delivery.Unrecorded is { } record)
        {
            message.ApplicationProperties[Names.Unrecorded] = JsonSerializer.Serialize(
                record, DeliveryJson.Default.AttemptRecord);
        }

        MessageTrace.Write(message, delivery.Trace);
        return message;
    }

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}

/// <summary>How an attempt travels in a message: compact, names as in C#'s camel case, enums by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AttemptRecord))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
