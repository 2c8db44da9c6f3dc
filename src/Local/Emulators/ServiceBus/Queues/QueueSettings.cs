namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>What is declared of one queue. All durations are broker time.</summary>
internal sealed record QueueSettings(string Name)
{
    public const string DeadLetterSuffix = "/$deadletterqueue";

    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>Caps every message's own; null: none.</summary>
    public TimeSpan? DefaultTimeToLive { get; init; }

    public bool DeadLetterOnExpiration { get; init; }

    /// <summary>For how long a message id is remembered; null: duplicates are not looked for.</summary>
    public TimeSpan? DuplicateWindow { get; init; }

    /// <summary>Among how many partitions the messages are spread; 1: the queue is not partitioned.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>From so many bytes on, its dead letters included, it takes no message. The service's default.</summary>
    public long MaxBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>
    /// The settings of this queue's dead-letter queue, where nothing expires, is counted or is dropped as a duplicate.
    /// </summary>
    public QueueSettings DeadLetter =>
        new(Name + DeadLetterSuffix) { LockDuration = LockDuration, Partitions = Partitions };
}
