using System.Runtime.InteropServices;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>From our messages to those of AMQP.</summary>
internal static class MessageEncoder
{
    /// <summary>The message format that says: a batch, one encoded message in each data section.</summary>
    public const uint BatchFormat = 0x80013700;

    /// <summary>The longest binary whose length is written as one byte.</summary>
    const int LongestShortBinary = byte.MaxValue;

    public static Message ToAmqp(MessageContent content, DateTime now)
    {
        var message = new Message
        {
            Header = Header(content),
            MessageAnnotations = Annotations(content.Annotations),
            Properties = Properties(content, now),
            BodySection = new Data { Buffer = Buffer((content.Body ?? throw ServiceBusReceivedMessage.BodyIsNotBytes()).ToMemory()) },
        };
        if (content.ApplicationProperties.Count > 0)
        {
            message.ApplicationProperties = new ApplicationProperties();
            foreach (var (name, value) in content.ApplicationProperties) message.ApplicationProperties[name] = PropertyValue.ToAmqp(name, value);
        }

        return message;
    }

    public static ByteBuffer Encode(MessageContent content, DateTime now) => ToAmqp(content, now).Encode();

    /// <summary>One message that holds all of these, which is accepted or refused whole.</summary>
    public static Message Envelope(IReadOnlyList<ServiceBusMessage> messages, DateTime now)
    {
        var sections = new DataList();
        foreach (var message in messages) sections.Add(new Data { Buffer = Encode(message.Content, now) });
        var envelope = EmptyEnvelope(messages[0].Content);
        envelope.BodySection = sections;
        return envelope;
    }

    /// <summary>What a batch says outside of its messages: what the service needs of the first to find the partition.</summary>
    public static Message EmptyEnvelope(MessageContent first)
    {
        var envelope = new Message { Format = BatchFormat, Properties = new Properties() };
        if (first.MessageId is not null) envelope.Properties.MessageId = first.MessageId;
        if (first.SessionId is not null) envelope.Properties.GroupId = first.SessionId;
        foreach (var name in (ReadOnlySpan<string>)[AnnotationName.PartitionKey, AnnotationName.TransactionPartitionKey])
        {
            if (first.Annotation<string>(name) is not { } key) continue;
            envelope.MessageAnnotations ??= new MessageAnnotations();
            envelope.MessageAnnotations[new Symbol(name)] = key;
        }

        return envelope;
    }

    /// <summary>The bytes of a message without its body.</summary>
    public static int SizeOfSections(Message message)
    {
        var buffer = new ByteBuffer(256, autoGrow: true);
        message.MessageAnnotations?.Encode(buffer);
        message.Properties?.Encode(buffer);
        return buffer.Length;
    }

    /// <summary>The bytes of a data section: three that describe it, the type, the length, the content.</summary>
    public static long SizeOfDataSection(int length) => 3L + 1 + (length <= LongestShortBinary ? 1 : 4) + length;

    public static ByteBuffer Buffer(ReadOnlyMemory<byte> bytes)
    {
        var array = MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : new ArraySegment<byte>(bytes.ToArray());
        return new ByteBuffer(array.Array ?? [], array.Offset, array.Count, array.Count);
    }

    static Header? Header(MessageContent content)
    {
        if (content is { TimeToLive: null, Durable: null, Priority: null, DeliveryCount: null }) return null;
        var header = new Header();
        // The wire has 32 bits of milliseconds, 49 days. Longer times are told by creation and expiry time.
        if (content.TimeToLive is { } ttl) header.Ttl = (uint)Math.Min(ttl.TotalMilliseconds, uint.MaxValue);
        if (content.Durable is { } durable) header.Durable = durable;
        if (content.Priority is { } priority) header.Priority = priority;
        if (content.DeliveryCount is { } count) header.DeliveryCount = count;
        return header;
    }

    static MessageAnnotations? Annotations(Dictionary<string, object> notes)
    {
        if (notes.Count == 0) return null;
        var annotations = new MessageAnnotations();
        foreach (var (name, value) in notes)
        {
            // Not set is told by its absence; the year 1 has no place on the wire.
            if (value is DateTime { Ticks: 0 }) continue;
            annotations[new Symbol(name)] = value;
        }

        return annotations;
    }

    static Properties Properties(MessageContent content, DateTime now)
    {
        var properties = new Properties();
        if (content.MessageId is not null) properties.MessageId = content.MessageId;
        if (content.UserId is not null) properties.UserId = content.UserId;
        if (content.To is not null) properties.To = content.To;
        if (content.Subject is not null) properties.Subject = content.Subject;
        if (content.ReplyTo is not null) properties.ReplyTo = content.ReplyTo;
        if (content.CorrelationId is not null) properties.CorrelationId = content.CorrelationId;
        if (content.ContentType is not null) properties.ContentType = new Symbol(content.ContentType);
        if (content.ContentEncoding is not null) properties.ContentEncoding = new Symbol(content.ContentEncoding);
        if (content.SessionId is not null) properties.GroupId = content.SessionId;
        if (content.GroupSequence is { } sequence) properties.GroupSequence = sequence;
        if (content.ReplyToSessionId is not null) properties.ReplyToGroupId = content.ReplyToSessionId;
        var (created, expires) = content.TimeToLive is { } ttl
            ? (now, ttl < DateTime.MaxValue - now ? now + ttl : DateTime.MaxValue)
            : (content.CreationTime, content.AbsoluteExpiryTime);
        if (created is { } from) properties.CreationTime = from;
        if (expires is { } until) properties.AbsoluteExpiryTime = until;
        return properties;
    }
}
