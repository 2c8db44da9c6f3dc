namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <param name="SequenceNumber">The message's number; of no use when it was dropped as a duplicate.</param>
/// <param name="Dropped">The queue has accepted this message id before, within its window.</param>
internal readonly record struct Enqueued(long SequenceNumber, bool Dropped);
