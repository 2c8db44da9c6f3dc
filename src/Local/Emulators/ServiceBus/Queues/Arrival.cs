namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>A message on its way into a queue.</summary>
/// <param name="Content">The encoded message, with a message id.</param>
/// <param name="MessageId">The id by which duplicates are detected.</param>
/// <param name="ScheduledFor">The real instant before which it must not be delivered, or null.</param>
/// <param name="TimeToLive">The sender's wish, or null.</param>
internal sealed record Arrival(byte[] Content, string MessageId, DateTime? ScheduledFor, TimeSpan? TimeToLive)
{
    /// <summary>What decides, in a partitioned queue, where it goes: the id of its session, or else its partition
    /// key; null for neither.</summary>
    public string? PartitionKey { get; init; }
}
