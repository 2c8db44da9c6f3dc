using Amqp;
using Amqp.Framing;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>The service's error conditions, with texts that say what to do.</summary>
internal static class ServiceBusErrors
{
    public const string LockLostCondition = "com.microsoft:message-lock-lost";
    public const string MessageNotFoundCondition = "com.microsoft:message-not-found";
    public const string ArgumentCondition = "com.microsoft:argument-error";
    public const string ServerBusyCondition = "com.microsoft:server-busy";

    public static Error LockLost => Error(
        LockLostCondition,
        "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the "
            + "queue, or the broker was restarted.");

    public static Error InternalError =>
        Error(ErrorCode.InternalError,
        "The emulator could not write to its disk; nothing was changed. Its log says why.");

    public static Error ServerBusy => Error(
        ServerBusyCondition,
        "The request was terminated because the namespace is being throttled. Error code : 50009. Please wait 2 "
            + "seconds and try again. (The emulator keeps the limits of the Standard tier: see its option --limits.)");

    public static Error QueueFull(string name) => Error(
        ErrorCode.ResourceLimitExceeded,
        $"The maximum entity size has been reached or exceeded for queue '{name}'. Receive or delete messages, its "
            + "dead letters too, or raise its MaxSizeInMegabytes.");

    public static Error TooManyUnsettled(string link, int most) => Error(
        ErrorCode.DetachForced,
        $"The link '{link}' is force detached: {most} deliveries on it are not settled. Settle what was "
            + "received before you receive more.");

    public static Error NoTransactions => Error(ErrorCode.NotImplemented, "The emulator has no transactions.");

    public static Error NoDeadLetterOfDeadLetters =>
        Error(ErrorCode.NotAllowed,
        "A message in a dead-letter queue cannot be dead-lettered: complete or abandon it.");

    public static Error NoSendToDeadLetters =>
        Error(ErrorCode.NotAllowed, "A dead-letter queue takes no messages from clients: send to the queue itself.");

    public static Error NoSessions =>
        Error(ErrorCode.NotAllowed,
        "A sessionful message receiver cannot be created on an entity that does not require sessions, and the emulator "
        + "has none that does.");

    public static Error NotFound(string path) =>
        Error(ErrorCode.NotFound,
        $"The messaging entity '{path}' could not be found: it must be declared in the emulator's config.json.");

    public static Error TooLarge(long size, long limit) =>
        Error(ErrorCode.MessageSizeExceeded, $"The message is {size} bytes long; the limit is {limit} bytes.");

    public static Error PropertiesTooLarge(string which, int bytes, int most) =>
        NotProcessed($"{which} may have {most} bytes, and {bytes} were sent");

    public static Error TooManyMessages(int messages, int most) =>
        NotProcessed($"a batch may have {most} messages, and {messages} were sent");

    public static Error Unauthorized(string path) => Error(
        ErrorCode.UnauthorizedAccess,
        $"Unauthorized access. A token for '{path}' is required, signed with the emulator's key: see its connection "
            + "string.");

    public static Error MessageNotFound =>
        Error(MessageNotFoundCondition,
        "The message was not found: it may have been delivered or cancelled already.");

    /// <summary>
    /// For deferred messages: a locked and a missing one get the same answer (azure-service-bus#415).
    /// </summary>
    public static Error NotLocked =>
        Error(MessageNotFoundCondition,
        "Failed to lock one or more specified messages. Either the message is already locked or does not exist. "
            + "(Nothing of the call was locked: ask for each message alone to find the one, or wait until its lock "
            + "ends.)");

    /// <summary>The sentence is the service's (azure-service-bus#287); its condition is not known.</summary>
    public static Error DifferentPartitions =>
        Error(ErrorCode.NotAllowed,
        "ReceiveBatch of sequence numbers from different partitions is not supported for an entity with partitioning "
            + "enabled. (The topmost 16 bits of a number are its partition: make a call for each.)");

    public static Error NoSuchOperation(string? operation) =>
        Error(ErrorCode.NotImplemented, $"The operation '{operation}' is not supported by the emulator.");

    public static Error Argument(string description) => Error(ArgumentCondition, description);

    // The service does not tell these from its own failures: what it says stands first.
    static Error NotProcessed(string why) => Error(
        ErrorCode.InternalError,
        $"The service was unable to process the request; please retry the operation. (It will not help: {why}.)");

    static Error Error(string condition, string description) => new(condition) { Description = description };
}
