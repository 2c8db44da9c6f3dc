namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>Who holds a message, and until when.</summary>
/// <param name="Token">Empty when nobody does.</param>
/// <param name="Until">When it ends.</param>
internal readonly record struct MessageLock(Guid Token, BrokerTime Until)
{
    public static MessageLock Of(QueuedMessage message) => new(message.LockToken, message.LockedUntil);
}
