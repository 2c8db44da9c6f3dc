namespace Atrium.Local.Emulators.ServiceBus.Storage;

/// <summary>All that a start, or a fresh start after a failed commit, takes from disk.</summary>
internal sealed record StoredState(long LastMessageId, IReadOnlyDictionary<string, StoredQueue> Queues);
