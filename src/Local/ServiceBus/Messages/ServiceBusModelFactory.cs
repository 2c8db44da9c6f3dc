namespace Azure.Messaging.ServiceBus;

/// <summary>Makes what otherwise only the service makes, for tests.</summary>
public static class ServiceBusModelFactory
{
    /// <summary>Makes a received message.</summary>
    /// <param name="body">The body; empty if null.</param>
    /// <param name="messageId">Its <see cref="ServiceBus.ServiceBusReceivedMessage.MessageId"/>.</param>
    /// <param name="partitionKey">Its <see cref="ServiceBus.ServiceBusReceivedMessage.PartitionKey"/>.</param>
    /// <param name="viaPartitionKey">Its <see cref="ServiceBus.ServiceBusReceivedMessage.TransactionPartitionKey"/>.</param>
    /// <param name="sessionId">Its <see cref="ServiceBus.ServiceBusReceivedMessage.SessionId"/>.</param>
    /// <param name="replyToSessionId">Its <see cref="ServiceBus.ServiceBusReceivedMessage.ReplyToSessionId"/>.</param>
    /// <param name="timeToLive">Its <see cref="ServiceBus.ServiceBusReceivedMessage.TimeToLive"/>; for ever if not positive.</param>
    /// <param name="correlationId">Its <see cref="ServiceBus.ServiceBusReceivedMessage.CorrelationId"/>.</param>
    /// <param name="subject">Its <see cref="ServiceBus.ServiceBusReceivedMessage.Subject"/>.</param>
    /// <param name="to">Its <see cref="ServiceBus.ServiceBusReceivedMessage.To"/>.</param>
    /// <param name="contentType">Its <see cref="ServiceBus.ServiceBusReceivedMessage.ContentType"/>.</param>
    /// <param name="replyTo">Its <see cref="ServiceBus.ServiceBusReceivedMessage.ReplyTo"/>.</param>
    /// <param name="scheduledEnqueueTime">Its <see cref="ServiceBus.ServiceBusReceivedMessage.ScheduledEnqueueTime"/>.</param>
    /// <param name="properties">Its <see cref="ServiceBus.ServiceBusReceivedMessage.ApplicationProperties"/>; the reason for dead-lettering goes here too.</param>
    /// <param name="lockTokenGuid">Its <see cref="ServiceBus.ServiceBusReceivedMessage.LockToken"/>.</param>
    /// <param name="deliveryCount">Its <see cref="ServiceBus.ServiceBusReceivedMessage.DeliveryCount"/>.</param>
    /// <param name="lockedUntil">Its <see cref="ServiceBus.ServiceBusReceivedMessage.LockedUntil"/>.</param>
    /// <param name="sequenceNumber">Its <see cref="ServiceBus.ServiceBusReceivedMessage.SequenceNumber"/>.</param>
    /// <param name="deadLetterSource">Its <see cref="ServiceBus.ServiceBusReceivedMessage.DeadLetterSource"/>.</param>
    /// <param name="enqueuedSequenceNumber">Its <see cref="ServiceBus.ServiceBusReceivedMessage.EnqueuedSequenceNumber"/>.</param>
    /// <param name="enqueuedTime">Its <see cref="ServiceBus.ServiceBusReceivedMessage.EnqueuedTime"/>.</param>
    /// <param name="serviceBusMessageState">Its <see cref="ServiceBus.ServiceBusReceivedMessage.State"/>.</param>
    /// <returns>The message.</returns>
    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(
        BinaryData? body = null,
        string? messageId = null,
        string? partitionKey = null,
        string? viaPartitionKey = null,
        string? sessionId = null,
        string? replyToSessionId = null,
        TimeSpan timeToLive = default,
        string? correlationId = null,
        string? subject = null,
        string? to = null,
        string? contentType = null,
        string? replyTo = null,
        DateTimeOffset scheduledEnqueueTime = default,
        IDictionary<string, object>? properties = null,
        Guid lockTokenGuid = default,
        int deliveryCount = 0,
        DateTimeOffset lockedUntil = default,
        long sequenceNumber = -1,
        string? deadLetterSource = null,
        long enqueuedSequenceNumber = 0,
        DateTimeOffset enqueuedTime = default,
        ServiceBusMessageState serviceBusMessageState = ServiceBusMessageState.Active)
    {
        var content = new MessageContent
        {
            Body = body ?? BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty),
            MessageId = messageId,
            SessionId = sessionId,
            ReplyToSessionId = replyToSessionId,
            TimeToLive = timeToLive > TimeSpan.Zero ? timeToLive : null,
            CorrelationId = correlationId,
            Subject = subject,
            To = to,
            ContentType = contentType,
            ReplyTo = replyTo,
            DeliveryCount = (uint)deliveryCount,
        };
        foreach (var (name, value) in properties ?? new Dictionary<string, object>()) content.ApplicationProperties[name] = value;
        var notes = content.Annotations;
        if (partitionKey is not null) notes[AnnotationName.PartitionKey] = partitionKey;
        if (viaPartitionKey is not null) notes[AnnotationName.TransactionPartitionKey] = viaPartitionKey;
        if (deadLetterSource is not null) notes[AnnotationName.DeadLetterSource] = deadLetterSource;
        notes[AnnotationName.ScheduledEnqueueTime] = scheduledEnqueueTime.UtcDateTime;
        notes[AnnotationName.LockedUntil] = lockedUntil.UtcDateTime;
        notes[AnnotationName.EnqueuedTime] = enqueuedTime.UtcDateTime;
        notes[AnnotationName.SequenceNumber] = sequenceNumber;
        notes[AnnotationName.EnqueuedSequenceNumber] = enqueuedSequenceNumber;
        notes[AnnotationName.MessageState] = (int)serviceBusMessageState;
        return new ServiceBusReceivedMessage(content, lockTokenGuid);
    }

    /// <summary>Makes a batch whose size is made up.</summary>
    /// <param name="batchSizeBytes">Its <see cref="ServiceBus.ServiceBusMessageBatch.SizeInBytes"/>, which stays as it is.</param>
    /// <param name="batchMessageStore">Where its messages are kept, so that a test can look at them.</param>
    /// <param name="batchOptions">Its limit; none if null.</param>
    /// <param name="tryAddCallback">Whether a message fits; each does if null.</param>
    /// <returns>The batch.</returns>
    public static ServiceBusMessageBatch ServiceBusMessageBatch(
        long batchSizeBytes,
        IList<ServiceBusMessage> batchMessageStore,
        CreateMessageBatchOptions? batchOptions = null,
        Func<ServiceBusMessage, bool>? tryAddCallback = null) =>
        new(new ListedBatch(batchSizeBytes, batchMessageStore, batchOptions?.MaxSizeInBytes ?? long.MaxValue, tryAddCallback ?? (_ => true)));
}
