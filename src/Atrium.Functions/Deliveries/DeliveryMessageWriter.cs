using System.Globalization;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using static Atrium.Functions.Deliveries.DeliveryProperties;

namespace Atrium.Functions.Deliveries;

/// <summary>Puts a delivery into the form in which it lies on the queue.</summary>
internal static class DeliveryMessageWriter
{
    public static ServiceBusMessage Write(DeliveryMessage delivery, DateTimeOffset now)
    {
        var message = new ServiceBusMessage(delivery.Body)
        {
            MessageId = delivery.MessageId,
            CorrelationId = delivery.DeliveryId,
            Subject = delivery.EventType,
            ContentType = "application/json",
            // The broker counts it from when the message becomes active, not from when it is scheduled.
            TimeToLive = Lifetime.LeftOf(delivery.AcceptedAt, delivery.DueAt > now ? delivery.DueAt : now),
            ApplicationProperties =
            {
                [DeliveryProperties.Version] = CurrentVersion,
                [Tenant] = delivery.Tenant,
                [Subscription] = delivery.SubscriptionId,
                [Event] = delivery.EventType,
                [EventId] = delivery.EventId,
                [Delivery] = delivery.DeliveryId,
                [Run] = delivery.Run,
                [Attempt] = delivery.Attempt,
                [PutBack] = delivery.PutBack,
                [AcceptedAt] = Text(delivery.AcceptedAt),
                [RunStartedAt] = Text(delivery.RunStartedAt),
                [DueAt] = Text(delivery.DueAt),
            },
        };
        if (delivery.Unrecorded is { } record)
        {
            message.ApplicationProperties[Unrecorded] = JsonSerializer.Serialize(record, DeliveryJson.Default.AttemptRecord);
        }

        return message;
    }

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
