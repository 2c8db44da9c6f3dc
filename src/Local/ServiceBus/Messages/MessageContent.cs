namespace Azure.Messaging.ServiceBus;

/// <summary>What a message carries, to send or as received.</summary>
internal sealed class MessageContent
{
    /// <summary>Null when a received body is not bytes.</summary>
    public BinaryData? Body { get; set; }

    public string? MessageId { get; set; }

    public string? CorrelationId { get; set; }

    public string? ContentType { get; set; }

    public string? ContentEncoding { get; set; }

    public string? Subject { get; set; }

    public string? To { get; set; }

    public string? ReplyTo { get; set; }

    public string? SessionId { get; set; }

    public string? ReplyToSessionId { get; set; }

    public byte[]? UserId { get; set; }

    public uint? GroupSequence { get; set; }

    public DateTime? CreationTime { get; set; }

    public DateTime? AbsoluteExpiryTime { get; set; }

    public TimeSpan? TimeToLive { get; set; }

    public uint? DeliveryCount { get; set; }

    public bool? Durable { get; set; }

    public byte? Priority { get; set; }

    public Dictionary<string, object> Annotations { get; private init; } = [];

    public Dictionary<string, object> ApplicationProperties { get; private init; } = [];

    public T? Annotation<T>(string name) => Annotations.TryGetValue(name, out var value) && value is T found ? found : default;

    public DateTimeOffset TimeAnnotation(string name) => Annotations.TryGetValue(name, out var value) && value is DateTime time
        ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
        : default;

    /// <summary>What a new message takes over from a received one: all but what the service noted about that delivery.</summary>
    public MessageContent CopyToSendAgain()
    {
        var copy = new MessageContent
        {
            Body = Body,
            MessageId = MessageId,
            CorrelationId = CorrelationId,
            ContentType = ContentType,
            ContentEncoding = ContentEncoding,
            Subject = Subject,
            To = To,
            ReplyTo = ReplyTo,
            SessionId = SessionId,
            ReplyToSessionId = ReplyToSessionId,
            UserId = UserId,
            GroupSequence = GroupSequence,
            CreationTime = CreationTime,
            AbsoluteExpiryTime = AbsoluteExpiryTime,
            TimeToLive = TimeToLive,
            Durable = Durable,
            Priority = Priority,
            Annotations = new(Annotations),
            ApplicationProperties = new(ApplicationProperties),
        };
        foreach (var name in AnnotationName.OfOneDelivery) copy.Annotations.Remove(name);
        foreach (var name in PropertyName.OfOneDelivery) copy.ApplicationProperties.Remove(name);
        return copy;
    }
}
