using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Azure.Messaging.ServiceBus;
using Names = Atrium.Functions.Deliveries.DeliveryProperties;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Reads a delivery off the queue, trusting nothing: a message may come from another version or another program. What
/// is not checked here would be refused later by a table or by Service Bus, after the receiver has got the request.
/// </summary>
internal static class DeliveryMessageReader
{
    /// <returns>The delivery, or why it cannot be read.</returns>
    public static (DeliveryMessage? Message, string? Fault) Read(ServiceBusReceivedMessage message)
    {
        var (body, bodyFault) = MessageBody.Read(message);
        var properties = new MessageProperties(message);
        properties.Version(PropertyName.Version, Names.CurrentVersion);
        var acceptedAt = properties.Time(PropertyName.AcceptedAt);
        var delivery = new DeliveryMessage
        {
            Tenant = properties.Text(PropertyName.Tenant, TenantId.IsValid, TenantId.Rule),
            SubscriptionId = properties.Text(Names.Subscription, SubscriptionId.IsValid, "It is a subscription's id."),
            EventId = properties.Text(PropertyName.EventId),
            EventType = properties.Text(
                Names.Event, EventSelection.Delivered.Contains, EventSelection.DeliveredRule),
            DeliveryId = properties.Text(Names.Delivery, DeliveryId.IsValid, "It is a delivery's id."),
            Run = properties.Integer(Names.Run, 1, MessageProperties.MaxCount),
            Attempt = properties.Integer(Names.Attempt, 1, RetrySchedule.MaxAttempts),
            PutBack = properties.Integer(PropertyName.PutBack, 0, MessageProperties.MaxCount),
            LastPutBackReason = properties.Text(Names.PutBackReason, whenAbsent: ""),
            PutBacksInARow = properties.Integer(Names.PutBacksInARow, 0, MessageProperties.MaxCount, whenAbsent: 0),
            SlotPutBacks = properties.Integer(Names.Refusals, 0, MessageProperties.MaxCount, whenAbsent: 0),
            AcceptedAt = acceptedAt,
            LivesFrom = properties.Time(PropertyName.LivesFrom, whenAbsent: acceptedAt),
            RunStartedAt = properties.Time(Names.RunStartedAt),
            DueAt = properties.Time(Names.DueAt),
            Trace = MessageTrace.Of(message),
            Body = body ?? BinaryData.Empty,
        };
        var unrecorded = Unrecorded(properties, message, delivery);
        return (properties.Fault ?? bodyFault ?? BodyFault(delivery.Body)) is { } fault
            ? (null, fault)
            : (delivery with { Unrecorded = unrecorded }, null);
    }

    static string? BodyFault(BinaryData body) => body.ToMemory().Length switch
    {
        0 => "The message's body is empty.",
        > MessageBody.MaxBytes =>
            $"The message's body has {body.ToMemory().Length} bytes; {MessageBody.MaxBytes} are the most.",
        _ => null,
    };

    static AttemptRecord? Unrecorded(
        MessageProperties properties, ServiceBusReceivedMessage message, DeliveryMessage delivery)
    {
        if (!properties.Has(Names.Unrecorded))
        {
            return null;
        }

        try
        {
            var record = JsonSerializer.Deserialize(
                message.ApplicationProperties[Names.Unrecorded] as string ?? "", RequestJson.Default.AttemptRecord);
            return record?.IsOf(delivery, properties.IsPossible) == true
                ? record
                : properties.Wrong<AttemptRecord?>(Names.Unrecorded, "is the record of another attempt", null);
        }
        catch (JsonException)
        {
            return properties.Wrong<AttemptRecord?>(Names.Unrecorded, "is no record of an attempt", null);
        }
    }
}

/// <summary>
/// Names of the application properties that only a message on <c>deliveries</c> has. Messages outlive deployments, so
/// never change a name.
/// </summary>
internal static class DeliveryProperties
{
    /// <summary>The version of a delivery's properties.</summary>
    public const int CurrentVersion = 1;

    public const string Subscription = "subscription";
    public const string Event = "event";
    public const string Delivery = "delivery";
    public const string Run = "run";
    public const string Attempt = "attempt";
    public const string PutBackReason = "putBackReason";
    public const string PutBacksInARow = "putBacksInARow";
    public const string Refusals = "refusals";
    public const string RunStartedAt = "runStartedAt";
    public const string DueAt = "dueAt";
    public const string Unrecorded = "unrecorded";

    /// <summary>Of a dead letter that the app made: what the receiver answered last, if it did.</summary>
    public const string LastStatus = "lastStatus";

    /// <summary>Of a dead letter that the app made: how its last attempt failed.</summary>
    public const string LastErrorClass = "lastErrorClass";
}

/// <summary>Turns a delivery into the message on the queue.</summary>
internal static class DeliveryMessageWriter
{
    /// <summary>For <c>deliveries</c>, with what is left of its life.</summary>
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
                [PropertyName.Version] = Names.CurrentVersion,
                [PropertyName.Tenant] = delivery.Tenant,
                [Names.Subscription] = delivery.SubscriptionId,
                [Names.Event] = delivery.EventType,
                [PropertyName.EventId] = delivery.EventId,
                [Names.Delivery] = delivery.DeliveryId,
                [Names.Run] = delivery.Run,
                [Names.Attempt] = delivery.Attempt,
                [PropertyName.PutBack] = delivery.PutBack,
                [PropertyName.AcceptedAt] = MessageProperties.TextOf(delivery.AcceptedAt),
                [Names.RunStartedAt] = MessageProperties.TextOf(delivery.RunStartedAt),
                [Names.DueAt] = MessageProperties.TextOf(delivery.DueAt),
            },
        };
        if (delivery.LivesFrom != delivery.AcceptedAt)
        {
            message.ApplicationProperties[PropertyName.LivesFrom] = MessageProperties.TextOf(delivery.LivesFrom);
        }

        if (delivery.PutBacksInARow > 0)
        {
            message.ApplicationProperties[Names.PutBackReason] = delivery.LastPutBackReason;
            message.ApplicationProperties[Names.PutBacksInARow] = delivery.PutBacksInARow;
        }

        if (delivery.SlotPutBacks > 0)
        {
            message.ApplicationProperties[Names.Refusals] = delivery.SlotPutBacks;
        }

        if (delivery.Unrecorded is { } record)
        {
            message.ApplicationProperties[Names.Unrecorded] = JsonSerializer.Serialize(
                record, RequestJson.Default.AttemptRecord);
        }

        MessageTrace.Write(message, delivery.Trace);
        return message;
    }

    /// <summary>What a dead letter gets beside the properties that it has.</summary>
    public static Dictionary<string, object> LastOutcome(Settlement.DeadLetter letter)
    {
        var properties = new Dictionary<string, object>();
        if (letter.LastStatus is { } status)
        {
            properties[Names.LastStatus] = status;
        }

        if (letter.LastErrorClass is { } errorClass)
        {
            properties[Names.LastErrorClass] = errorClass;
        }

        return properties;
    }
}
