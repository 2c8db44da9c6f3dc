namespace Azure.Messaging.ServiceBus;

/// <summary>A message to send.</summary>
public class ServiceBusMessage
{
    /// <summary>The service's limit for message ids, session ids and partition keys, in characters.</summary>
    const int LongestId = 128;

    /// <summary>Makes a message with an empty body.</summary>
    public ServiceBusMessage()
        : this(BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty))
    {
    }

    /// <summary>Makes a message.</summary>
    /// <param name="body">The body, sent as UTF-8.</param>
    /// <exception cref="ArgumentNullException">The body is null.</exception>
    public ServiceBusMessage(string body)
        : this(new BinaryData(body))
    {
    }

    /// <summary>Makes a message.</summary>
    /// <param name="body">The body.</param>
    public ServiceBusMessage(ReadOnlyMemory<byte> body)
        : this(BinaryData.FromBytes(body))
    {
    }

    /// <summary>Makes a message.</summary>
    /// <param name="body">The body.</param>
    /// <exception cref="ArgumentNullException">The body is null.</exception>
    public ServiceBusMessage(BinaryData body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Content = new MessageContent { Body = body };
    }

    /// <summary>Makes a message from a received one. The id and the time to live are kept, so set new ones where duplicates are detected.</summary>
    /// <param name="receivedMessage">The message whose body, properties and application properties are taken over.</param>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    public ServiceBusMessage(ServiceBusReceivedMessage receivedMessage)
    {
        ArgumentNullException.ThrowIfNull(receivedMessage);
        Content = receivedMessage.Content.CopyToSendAgain();
    }

    internal MessageContent Content { get; }

    /// <summary>The body.</summary>
    /// <exception cref="NotSupportedException">The body, taken over from a received message, is not bytes.</exception>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public BinaryData Body
    {
        get => Content.Body ?? throw ServiceBusReceivedMessage.BodyIsNotBytes();
        set
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Body));
            Content.Body = value;
        }
    }

    /// <summary>What identifies the message, and what duplicates are detected by: 1 to 128 characters, or null as long as it is not set.</summary>
    /// <exception cref="ArgumentException">The value is null, empty or longer.</exception>
    public string? MessageId
    {
        get => Content.MessageId;
        set
        {
            if (value is not { Length: > 0 and <= LongestId })
                throw new ArgumentException($"A MessageId has 1 to {LongestId} characters, this one has {value?.Length ?? 0}.", nameof(value));
            Content.MessageId = value;
        }
    }

    /// <summary>What the partition is chosen by: at most 128 characters, or null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is longer.</exception>
    public string? PartitionKey
    {
        get => Content.Annotation<string>(AnnotationName.PartitionKey);
        set => Annotate(AnnotationName.PartitionKey, Checked(value, nameof(PartitionKey)));
    }

    /// <summary>What the partition of the queue that a transaction sends through is chosen by: at most 128 characters, or null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is longer.</exception>
    public string? TransactionPartitionKey
    {
        get => Content.Annotation<string>(AnnotationName.TransactionPartitionKey);
        set => Annotate(AnnotationName.TransactionPartitionKey, Checked(value, nameof(TransactionPartitionKey)));
    }

    /// <summary>The session the message belongs to: at most 128 characters, or null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is longer.</exception>
    public string? SessionId
    {
        get => Content.SessionId;
        set => Content.SessionId = Checked(value, nameof(SessionId));
    }

    /// <summary>The session that answers belong to: at most 128 characters, or null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is longer.</exception>
    public string? ReplyToSessionId
    {
        get => Content.ReplyToSessionId;
        set => Content.ReplyToSessionId = Checked(value, nameof(ReplyToSessionId));
    }

    /// <summary>How long after it was enqueued the message expires; <see cref="TimeSpan.MaxValue"/> unless set, which means the entity's default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan TimeToLive
    {
        get => Content.TimeToLive ?? TimeSpan.MaxValue;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(TimeToLive));
            Content.TimeToLive = value;
        }
    }

    /// <summary>What the message is an answer to, or null.</summary>
    public string? CorrelationId
    {
        get => Content.CorrelationId;
        set => Content.CorrelationId = value;
    }

    /// <summary>What the message is about, or null.</summary>
    public string? Subject
    {
        get => Content.Subject;
        set => Content.Subject = value;
    }

    /// <summary>Where the message should end up, or null. The service ignores it.</summary>
    public string? To
    {
        get => Content.To;
        set => Content.To = value;
    }

    /// <summary>The body's media type, or null.</summary>
    public string? ContentType
    {
        get => Content.ContentType;
        set => Content.ContentType = value;
    }

    /// <summary>Where answers go, or null.</summary>
    public string? ReplyTo
    {
        get => Content.ReplyTo;
        set => Content.ReplyTo = value;
    }

    /// <summary>When the message becomes available; at once unless set.</summary>
    public DateTimeOffset ScheduledEnqueueTime
    {
        get => Content.TimeAnnotation(AnnotationName.ScheduledEnqueueTime);
        set => Content.Annotations[AnnotationName.ScheduledEnqueueTime] = value.UtcDateTime;
    }

    /// <summary>Properties of the sender's own. Values are of the simple types: numbers, booleans, strings, times, Guid, Uri, or byte arrays.</summary>
    public IDictionary<string, object> ApplicationProperties => Content.ApplicationProperties;

    /// <summary>The message id.</summary>
    /// <returns>The message id in braces.</returns>
    public override string ToString() => $"{{MessageId:{MessageId}}}";

    void Annotate(string name, string? value)
    {
        if (value is null) Content.Annotations.Remove(name);
        else Content.Annotations[name] = value;
    }

    static string? Checked(string? value, string name) => value is { Length: > LongestId }
        ? throw new ArgumentOutOfRangeException(name, value.Length, $"{name} has at most {LongestId} characters.")
        : value;
}
