using System.Collections.ObjectModel;

namespace Azure.Messaging.ServiceBus;

/// <summary>A message as the service handed it out.</summary>
public class ServiceBusReceivedMessage
{
    readonly Guid _lockToken;

    internal ServiceBusReceivedMessage(MessageContent content, Guid lockToken = default)
    {
        Content = content;
        _lockToken = lockToken;
        ApplicationProperties = new ReadOnlyDictionary<string, object>(content.ApplicationProperties);
    }

    internal MessageContent Content { get; }

    internal Guid LockTokenGuid => _lockToken;

    /// <summary>The body.</summary>
    /// <exception cref="NotSupportedException">The body is an AMQP value or sequence, not bytes.</exception>
    public BinaryData Body => Content.Body ?? throw BodyIsNotBytes();

    /// <summary>What identifies the message.</summary>
    public string? MessageId => Content.MessageId;

    /// <summary>What the partition was chosen by, or null.</summary>
    public string? PartitionKey => Content.Annotation<string>(AnnotationName.PartitionKey);

    /// <summary>What the partition of the queue that a transaction sent through was chosen by, or null.</summary>
    public string? TransactionPartitionKey => Content.Annotation<string>(AnnotationName.TransactionPartitionKey);

    /// <summary>The session the message belongs to, or null.</summary>
    public string? SessionId => Content.SessionId;

    /// <summary>The session that answers belong to, or null.</summary>
    public string? ReplyToSessionId => Content.ReplyToSessionId;

    /// <summary>How long after <see cref="EnqueuedTime"/> the message expires; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan TimeToLive => Content.TimeToLive ?? TimeSpan.MaxValue;

    /// <summary>What the message is an answer to, or null.</summary>
    public string? CorrelationId => Content.CorrelationId;

    /// <summary>What the message is about, or null.</summary>
    public string? Subject => Content.Subject;

    /// <summary>Where the message should end up, or null.</summary>
    public string? To => Content.To;

    /// <summary>The body's media type, or null.</summary>
    public string? ContentType => Content.ContentType;

    /// <summary>Where answers go, or null.</summary>
    public string? ReplyTo => Content.ReplyTo;

    /// <summary>When the message became, or will become, available, if it was scheduled.</summary>
    public DateTimeOffset ScheduledEnqueueTime => Content.TimeAnnotation(AnnotationName.ScheduledEnqueueTime);

    /// <summary>Properties of the sender's own, and those that dead-lettering and settling added.</summary>
    public IReadOnlyDictionary<string, object> ApplicationProperties { get; }

    /// <summary>What stands for this delivery's lock; all zeros when there is none.</summary>
    public string LockToken => _lockToken.ToString();

    /// <summary>How often the message was handed out, this time included.</summary>
    public int DeliveryCount => (int)Content.DeliveryCount.GetValueOrDefault();

    /// <summary>When the lock ends. A renewal moves it.</summary>
    public DateTimeOffset LockedUntil
    {
        get => Content.TimeAnnotation(AnnotationName.LockedUntil);
        internal set => Content.Annotations[AnnotationName.LockedUntil] = value.UtcDateTime;
    }

    /// <summary>The number the service gave the message.</summary>
    public long SequenceNumber => Content.Annotation<long>(AnnotationName.SequenceNumber);

    /// <summary>The entity that dead-lettered the message, when it was forwarded from there; else null.</summary>
    public string? DeadLetterSource => Content.Annotation<string>(AnnotationName.DeadLetterSource);

    /// <summary>The number that the message had where it was first enqueued, if it was forwarded.</summary>
    public long EnqueuedSequenceNumber => Content.Annotation<long>(AnnotationName.EnqueuedSequenceNumber);

    /// <summary>When the message became available.</summary>
    public DateTimeOffset EnqueuedTime => Content.TimeAnnotation(AnnotationName.EnqueuedTime);

    /// <summary>When the message expires; <see cref="DateTimeOffset.MaxValue"/> for never.</summary>
    public DateTimeOffset ExpiresAt => TimeToLive >= DateTimeOffset.MaxValue - EnqueuedTime ? DateTimeOffset.MaxValue : EnqueuedTime + TimeToLive;

    /// <summary>Why the message was dead-lettered, or null.</summary>
    public string? DeadLetterReason => Content.ApplicationProperties.GetValueOrDefault(PropertyName.DeadLetterReason) as string;

    /// <summary>The words that go with <see cref="DeadLetterReason"/>, or null.</summary>
    public string? DeadLetterErrorDescription => Content.ApplicationProperties.GetValueOrDefault(PropertyName.DeadLetterErrorDescription) as string;

    /// <summary>Whether the message is active, deferred or scheduled.</summary>
    public ServiceBusMessageState State => (ServiceBusMessageState)Content.Annotation<int>(AnnotationName.MessageState);

    /// <summary>The message id.</summary>
    /// <returns>The message id in braces.</returns>
    public override string ToString() => $"{{MessageId:{MessageId}}}";

    internal static NotSupportedException BodyIsNotBytes() =>
        new("The message's body is an AMQP value or sequence. Only bodies that are bytes can be read here: have the sender send its body as bytes.");
}
