using System.Globalization;
using System.Text.Json.Serialization;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// A dead letter as it is shown: everything but its body. A property that it does not have, or that cannot be read, is
/// null.
/// </summary>
internal sealed record DeadLetter
{
    /// <summary>
    /// In characters: as many as are shown of a reason, and as a filter may have. Service Bus allows 4096, but reasons
    /// are single words.
    /// </summary>
    public const int MaxReasonLength = MessageProperties.MaxLength;

    /// <summary>The queue it failed on.</summary>
    public required string Queue { get; init; }

    /// <summary>
    /// Its number in the dead-letter queue, which identifies it. A text, because JavaScript's numbers are too short for
    /// it.
    /// </summary>
    public required string SequenceNumber { get; init; }

    public required string Tenant { get; init; }
    public string? SubscriptionId { get; init; }

    /// <summary>The <c>webhook-id</c> that the receiver saw.</summary>
    public string? DeliveryId { get; init; }

    public string? EventId { get; init; }

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    public int? Run { get; init; }
    public int? Attempt { get; init; }

    /// <summary>Why, in a word; cut to <see cref="MaxReasonLength"/>.</summary>
    public required string? Reason { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string? Description { get; init; }

    /// <summary>
    /// The receiver's last status; null when there was none, or when the app did not dead-letter the message after an
    /// attempt.
    /// </summary>
    public int? LastStatus { get; init; }

    /// <summary>
    /// How the last attempt failed, a name of <see cref="Egress.ErrorClass"/>; null when the app did not dead-letter
    /// the message after an attempt.
    /// </summary>
    public string? LastErrorClass { get; init; }

    /// <summary>
    /// When the message that failed was put on its queue: for a delivery that is when its last attempt was due. Service
    /// Bus keeps no later time.
    /// </summary>
    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>When the event was accepted.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>Bytes of the body.</summary>
    public required int Size { get; init; }

    /// <summary>Its queue.</summary>
    [JsonIgnore]
    public DeadLetterPlace Place => new(Queue, SequenceNumber);

    /// <param name="message">Any message; it may come from another version or another program.</param>
    public static DeadLetter Of(JobSource source, ServiceBusReceivedMessage message)
    {
        var letter = new DeadLetter
        {
            Queue = source.QueueName(),
            SequenceNumber = message.SequenceNumber.ToString(CultureInfo.InvariantCulture),
            Tenant = MessageTenant.Of(message),
            Reason = MessageProperties.Shown(message.DeadLetterReason, MaxReasonLength),
            Description = MessageProperties.Shown(
                message.DeadLetterErrorDescription, DeadLetterReason.MaxDescriptionLength),
            FailedAt = message.EnqueuedTime,
            Size = MessageBody.BytesOf(message).Length,
        };
        return source switch
        {
            JobSource.VisitorEventsDeadLetters => OfEvent(letter, message),
            JobSource.DeliveriesDeadLetters => OfDelivery(letter, message) with
            {
                LastStatus = Status(message),
                LastErrorClass = Text(message, DeliveryProperties.LastErrorClass),
            },
            _ => OfDelivery(letter, message),
        };
    }

    static DeadLetter OfDelivery(DeadLetter letter, ServiceBusReceivedMessage message) =>
        DeliveryMessageReader.Read(message).Message is { } delivery
            ? letter with
            {
                SubscriptionId = delivery.SubscriptionId,
                DeliveryId = delivery.DeliveryId,
                EventId = delivery.EventId,
                Event = delivery.EventType,
                Run = delivery.Run,
                Attempt = delivery.Attempt,
                AcceptedAt = delivery.AcceptedAt,
            }
            : letter with
            {
                SubscriptionId = Text(message, DeliveryProperties.Subscription),
                DeliveryId = Text(message, DeliveryProperties.Delivery),
                EventId = Text(message, PropertyName.EventId),
                Event = Text(message, DeliveryProperties.Event),
                AcceptedAt = Accepted(message),
            };

    // A part of a parked delivery's key. So versions that can read the rest and those that cannot compute the same one.
    static DateTimeOffset? Accepted(ServiceBusReceivedMessage message)
    {
        var properties = new MessageProperties(message);
        var acceptedAt = properties.Time(PropertyName.AcceptedAt);
        return properties.Fault is null ? acceptedAt : null;
    }

    static DeadLetter OfEvent(DeadLetter letter, ServiceBusReceivedMessage message)
    {
        var envelope = EventMessage.Read(message).Message;
        return letter with
        {
            EventId = envelope?.EventId ?? Sound(message.MessageId),
            Event = EventReader.Read(MessageBody.BytesOf(message)) is EventReading.Valid(var eventType)
                ? eventType
                : null,
            AcceptedAt = envelope?.AcceptedAt,
        };
    }

    static int? Status(ServiceBusReceivedMessage message) =>
        message.ApplicationProperties.GetValueOrDefault(DeliveryProperties.LastStatus) is int status
            && AttemptFilter.IsStatus(status) ? status : null;

    static string? Text(ServiceBusReceivedMessage message, string name) =>
        Sound(message.ApplicationProperties.GetValueOrDefault(name) as string);

    static string? Sound(string? text) => text is not null && MessageProperties.IsSound(text) ? text : null;
}
