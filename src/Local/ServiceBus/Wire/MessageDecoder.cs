using Amqp;
using Amqp.Framing;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>From AMQP's messages to ours.</summary>
internal static class MessageDecoder
{
    const int LockTokenBytes = 16;

    /// <summary>A message that a link delivered. Its tag is the lock token.</summary>
    public static ServiceBusReceivedMessage Delivered(Message message) =>
        new(Content(message, peeked: false), message.DeliveryTag is { Length: LockTokenBytes } tag ? new Guid(tag) : Guid.Empty);

    /// <summary>A deferred message, which is fetched by a request and locked.</summary>
    public static ServiceBusReceivedMessage Fetched(byte[] encoded, Guid lockToken) => new(Content(Decode(encoded), peeked: false), lockToken);

    public static ServiceBusReceivedMessage Peeked(byte[] encoded) => new(Content(Decode(encoded), peeked: true));

    static Message Decode(byte[] encoded) => Message.Decode(new ByteBuffer(encoded, 0, encoded.Length, encoded.Length));

    static MessageContent Content(Message message, bool peeked)
    {
        var content = new MessageContent { Body = Body(message.BodySection) };
        if (message.Header is { } header) Read(header, content, peeked);
        if (message.Properties is { } properties) Read(properties, content);
        foreach (var (name, value) in message.MessageAnnotations?.Map ?? [])
        {
            if (PropertyValue.FromAmqp(value) is { } known) content.Annotations[name.ToString()!] = known;
        }

        foreach (var (name, value) in message.ApplicationProperties?.Map ?? [])
        {
            if (PropertyValue.FromAmqp(value) is { } known) content.ApplicationProperties[name.ToString()!] = known;
        }

        if (content is { TimeToLive: { } ttl, CreationTime: { } created, AbsoluteExpiryTime: { } expires }
            && ttl.TotalMilliseconds >= uint.MaxValue && expires > created)
        {
            content.TimeToLive = expires - created;
        }

        return content;
    }

    static BinaryData? Body(Amqp.Types.RestrictedDescribed? body) => body switch
    {
        null => BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty),
        Data data => BinaryData.FromBytes(data.Binary ?? []),
        DataList list => BinaryData.FromBytes(Enumerable.Range(0, list.Count).SelectMany(i => list[i].Binary).ToArray()),
        AmqpValue { Value: null } => BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty),
        _ => null,
    };

    static void Read(Header header, MessageContent content, bool peeked)
    {
        // The service counts deliveries that failed; we tell this one too. A peek is no delivery.
        content.DeliveryCount = header.DeliveryCount + (peeked ? 0u : 1u);
        if (header.HasField(0)) content.Durable = header.Durable;
        if (header.HasField(1)) content.Priority = header.Priority;
        if (header.HasField(2)) content.TimeToLive = TimeSpan.FromMilliseconds(header.Ttl);
    }

    static void Read(Properties properties, MessageContent content)
    {
        content.MessageId = properties.GetMessageId()?.ToString();
        content.UserId = properties.UserId;
        content.To = properties.To;
        content.Subject = properties.Subject;
        content.ReplyTo = properties.ReplyTo;
        content.CorrelationId = properties.GetCorrelationId()?.ToString();
        content.ContentType = properties.ContentType?.ToString();
        content.ContentEncoding = properties.ContentEncoding?.ToString();
        content.SessionId = properties.GroupId;
        content.ReplyToSessionId = properties.ReplyToGroupId;
        if (properties.HasField(8)) content.AbsoluteExpiryTime = properties.AbsoluteExpiryTime;
        if (properties.HasField(9)) content.CreationTime = properties.CreationTime;
        if (properties.HasField(11)) content.GroupSequence = properties.GroupSequence;
    }
}
