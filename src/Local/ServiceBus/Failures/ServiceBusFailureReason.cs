namespace Azure.Messaging.ServiceBus;

/// <summary>Why an operation failed.</summary>
public enum ServiceBusFailureReason
{
    /// <summary>Anything that has no reason of its own.</summary>
    GeneralError = 0,

    /// <summary>There is no such queue, topic or subscription.</summary>
    MessagingEntityNotFound = 1,

    /// <summary>The message's lock has ended, or the message is settled already.</summary>
    MessageLockLost = 2,

    /// <summary>There is no such message.</summary>
    MessageNotFound = 3,

    /// <summary>The message or batch is larger than the service takes.</summary>
    MessageSizeExceeded = 4,

    /// <summary>The entity is disabled.</summary>
    MessagingEntityDisabled = 5,

    /// <summary>The entity is full, or another quota is used up.</summary>
    QuotaExceeded = 6,

    /// <summary>The service is throttling.</summary>
    ServiceBusy = 7,

    /// <summary>No answer came in time.</summary>
    ServiceTimeout = 8,

    /// <summary>The service cannot be reached, or the connection to it broke.</summary>
    ServiceCommunicationProblem = 9,

    /// <summary>Another receiver holds the session.</summary>
    SessionCannotBeLocked = 10,

    /// <summary>The session's lock has ended.</summary>
    SessionLockLost = 11,

    /// <summary>An entity of that name exists.</summary>
    MessagingEntityAlreadyExists = 12,
}
