namespace Azure.Messaging.ServiceBus;

/// <summary>An operation on Service Bus that failed.</summary>
public class ServiceBusException : Exception
{
    const string MoreAt = "https://aka.ms/azsdk/net/servicebus/exceptions/troubleshoot";

    /// <summary>Makes an exception that says nothing.</summary>
    public ServiceBusException()
    {
    }

    /// <summary>Makes an exception that says itself whether it is transient.</summary>
    /// <param name="isTransient">Whether the same operation may succeed when tried again.</param>
    /// <param name="message">What happened.</param>
    /// <param name="entityName">The entity it happened on, if known.</param>
    /// <param name="reason">Why.</param>
    /// <param name="innerException">What caused it, if known.</param>
    public ServiceBusException(
        bool isTransient, string? message, string? entityName = null,
        ServiceBusFailureReason reason = ServiceBusFailureReason.GeneralError, Exception? innerException = null)
        : base(message, innerException)
    {
        IsTransient = isTransient;
        EntityPath = entityName;
        Reason = reason;
    }

    /// <summary>Makes an exception whose reason says whether it is transient.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="reason">Why.</param>
    /// <param name="entityPath">The entity it happened on, if known.</param>
    /// <param name="innerException">What caused it, if known.</param>
    public ServiceBusException(string? message, ServiceBusFailureReason reason, string? entityPath = null, Exception? innerException = null)
        : this(PassesByItself(reason), message, entityPath, reason, innerException)
    {
    }

    /// <summary>Whether the same operation may succeed when tried again.</summary>
    public bool IsTransient { get; }

    /// <summary>Why the operation failed.</summary>
    public ServiceBusFailureReason Reason { get; }

    /// <summary>The entity it happened on, or null.</summary>
    public string? EntityPath { get; }

    /// <summary>What happened, on which entity, and why.</summary>
    public override string Message => string.IsNullOrEmpty(EntityPath)
        ? $"{base.Message} ({Reason}). For troubleshooting information, see {MoreAt}."
        : $"{base.Message} ({EntityPath} - {Reason}). For troubleshooting information, see {MoreAt}.";

    static bool PassesByItself(ServiceBusFailureReason reason) => reason is
        ServiceBusFailureReason.ServiceCommunicationProblem or ServiceBusFailureReason.ServiceTimeout or ServiceBusFailureReason.ServiceBusy;
}
