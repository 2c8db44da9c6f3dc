namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>What an operation costs a namespace of the Standard tier.</summary>
internal static class OperationCredits
{
    /// <summary>
    /// A credit for each message that is sent, received or peeked at
    /// (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-throttling). To schedule is to send, and to
    /// receive by number is to receive. What only refers to a message is not in the service's table, and costs nothing:
    /// to settle it, to renew its lock, to cancel it. The ten credits of a management operation are for the making and
    /// changing of queues, which the emulator does not have.
    /// </summary>
    /// <param name="operation">Its name, as the meter has it.</param>
    /// <param name="messages">How many go over the wire; a request that finds none costs as much as for one.</param>
    public static int Of(string operation, int messages) => operation switch
    {
        "send" or "schedule" or "receive" or "receive-deferred" or "peek" => Math.Max(1, messages),
        _ => 0,
    };
}
