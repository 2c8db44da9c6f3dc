using Amqp;
using Amqp.Framing;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>Turns what a client sent into what a queue takes.</summary>
internal static class IncomingMessage
{
    /// <summary>
    /// The message format of an envelope: each data section of its body is an encoded message. What else the envelope
    /// holds is a copy of the first message's.
    /// </summary>
    public const uint BatchFormat = 0x80013700;

    /// <exception cref="AmqpException">The bytes are no message, or what stands before its body is too
    /// large.</exception>
    public static IReadOnlyList<Arrival> Split(byte[] transfer, uint format)
    {
        if (format != BatchFormat)
        {
            return [Parse(transfer)];
        }

        return Message.Decode(AmqpBytes.Buffer(transfer)).BodySection switch
        {
            DataList many => [.. Enumerable.Range(0, many.Count).Select(i => Parse(many[i].Binary))],
            Data one => [Parse(one.Binary)],
            _ => throw new AmqpException(
                ErrorCode.DecodeError, "The batch holds no messages: its body must be data sections."),
        };
    }

    /// <exception cref="AmqpException">The bytes are no message, or what stands before its body is too
    /// large.</exception>
    public static Arrival Parse(byte[] message)
    {
        try
        {
            var sections = MessageSections.Scan(message);
            var header = AmqpBytes.Decode<Header>(message, sections.Header);
            var properties = AmqpBytes.Decode<Amqp.Framing.Properties>(message, sections.Properties);
            var annotations = AmqpBytes.Decode<MessageAnnotations>(message, sections.MessageAnnotations);
            // Decoded also to be sure that they can be added to when the message is dead-lettered.
            var own = AmqpBytes.Decode<ApplicationProperties>(message, sections.ApplicationProperties);
            MessageLimits.CheckProperties(sections.Body, properties, annotations, own);
            var (content, id) = WithMessageId(message, sections, properties);
            return new Arrival(content, id, Schedule(annotations), TimeToLive(header, properties))
            {
                PartitionKey =
                    properties?.GroupId ?? annotations?.Map.GetValueOrDefault(Annotations.PartitionKey) as string,
            };
        }
        catch (Exception e) when (e is not AmqpException and not OutOfMemoryException)
        {
            // The library's decoder fails with whatever the bytes lead it to.
            throw new AmqpException(ErrorCode.DecodeError, $"The message cannot be decoded: {e.Message}");
        }
    }

    static DateTime? Schedule(MessageAnnotations? annotations) =>
        annotations?.Map.GetValueOrDefault(Annotations.ScheduledEnqueueTime) is DateTime at
            ? at.ToUniversalTime()
            : null;

    // The header's field ends at 49 days; for more, clients say when the message was made and when it expires.
    static TimeSpan? TimeToLive(Header? header, Amqp.Framing.Properties? properties)
    {
        const int TtlField = 2, AbsoluteExpiryField = 8, CreationField = 9;
        if (properties is not null && properties.HasField(AbsoluteExpiryField) && properties.HasField(CreationField)
            && properties.AbsoluteExpiryTime > properties.CreationTime)
        {
            return properties.AbsoluteExpiryTime - properties.CreationTime;
        }

        return header is not null && header.HasField(TtlField) ? TimeSpan.FromMilliseconds(header.Ttl) : null;
    }

    // The service gives an id to a message without one; the JavaScript client's lock renewal cannot do without.
    static (byte[] Content, string Id) WithMessageId(
        byte[] message, MessageSections sections, Amqp.Framing.Properties? properties)
    {
        if (properties?.GetMessageId() is { } present)
        {
            return (message, present is byte[] binary ? Convert.ToHexString(binary) : present.ToString()!);
        }

        properties ??= new Amqp.Framing.Properties();
        properties.MessageId = Guid.NewGuid().ToString("N");
        var (_, length) = sections.Properties.GetOffsetAndLength(message.Length);
        var result = new ByteBuffer(message.Length + 64, autoGrow: true);
        AmqpBytes.Append(result, message.AsSpan(0, sections.Bare));
        properties.Encode(result);
        AmqpBytes.Append(result, message.AsSpan(sections.Bare + length));
        return (AmqpBytes.Span(result).ToArray(), properties.MessageId);
    }
}
