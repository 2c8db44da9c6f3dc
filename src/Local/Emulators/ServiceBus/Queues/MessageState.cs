namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>The numbers are those of the annotation x-opt-message-state.</summary>
internal enum MessageState
{
    Active = 0,
    Deferred = 1,
    Scheduled = 2,
}
