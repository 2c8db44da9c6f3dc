namespace Atrium.Local.Emulators.ServiceBus.Queues;

internal enum SettlementResult
{
    Settled,

    /// <summary>The token is unknown: the lock ran out, the message was settled, or the broker was restarted.</summary>
    LockLost,

    /// <summary>A dead-letter queue has no dead-letter queue; the message stays locked.</summary>
    NotAllowed,
}
