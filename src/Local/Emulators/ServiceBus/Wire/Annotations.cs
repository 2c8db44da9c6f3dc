using Amqp.Types;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>The message annotations that the service gives meaning to.</summary>
internal static class Annotations
{
    public static readonly Symbol ScheduledEnqueueTime = "x-opt-scheduled-enqueue-time";
    public static readonly Symbol PartitionKey = "x-opt-partition-key";
    public static readonly Symbol EnqueuedTime = "x-opt-enqueued-time";
    public static readonly Symbol SequenceNumber = "x-opt-sequence-number";
    public static readonly Symbol EnqueueSequenceNumber = "x-opt-enqueue-sequence-number";
    public static readonly Symbol MessageState = "x-opt-message-state";
    public static readonly Symbol LockedUntil = "x-opt-locked-until";

    /// <summary>The service sets it on dead letters that it forwards.</summary>
    public static readonly Symbol DeadLetterSource = "x-opt-deadletter-source";

    /// <summary>Those that only the broker sets: a sender's are dropped.</summary>
    public static readonly IReadOnlyList<Symbol> BrokersOwn =
        [EnqueuedTime, SequenceNumber, EnqueueSequenceNumber, MessageState, LockedUntil, DeadLetterSource];
}
