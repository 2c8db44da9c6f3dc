namespace Azure.Messaging.ServiceBus;

/// <summary>The message annotations that the service reads and writes.</summary>
internal static class AnnotationName
{
    public const string EnqueuedTime = "x-opt-enqueued-time";
    public const string ScheduledEnqueueTime = "x-opt-scheduled-enqueue-time";
    public const string SequenceNumber = "x-opt-sequence-number";
    public const string EnqueuedSequenceNumber = "x-opt-enqueue-sequence-number";
    public const string LockedUntil = "x-opt-locked-until";
    public const string PartitionKey = "x-opt-partition-key";
    public const string PartitionId = "x-opt-partition-id";
    public const string TransactionPartitionKey = "x-opt-via-partition-key";
    public const string DeadLetterSource = "x-opt-deadletter-source";
    public const string MessageState = "x-opt-message-state";

    public static readonly string[] OfOneDelivery =
    [
        LockedUntil, SequenceNumber, DeadLetterSource, EnqueuedSequenceNumber, EnqueuedTime, PartitionId, ScheduledEnqueueTime,
    ];
}
