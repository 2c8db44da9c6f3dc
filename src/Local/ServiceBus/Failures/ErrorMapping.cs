using System.Net.Sockets;
using Amqp;
using Amqp.Framing;

namespace Azure.Messaging.ServiceBus;

/// <summary>From what AMQP and the network say to what callers are told.</summary>
internal static class ErrorMapping
{
    public const string LockLost = "com.microsoft:message-lock-lost";
    public const string NotFound = "amqp:not-found";

    public static Exception ToException(string? condition, string? description, string? entityPath)
    {
        var message = string.IsNullOrEmpty(description) ? $"Service Bus answered {condition ?? "without saying what is wrong"}." : description;
        return condition switch
        {
            NotFound => Failure(ServiceBusFailureReason.MessagingEntityNotFound),
            LockLost => Failure(ServiceBusFailureReason.MessageLockLost),
            "com.microsoft:session-lock-lost" => Failure(ServiceBusFailureReason.SessionLockLost),
            "com.microsoft:session-cannot-be-locked" => Failure(ServiceBusFailureReason.SessionCannotBeLocked),
            "com.microsoft:message-not-found" => Failure(ServiceBusFailureReason.MessageNotFound),
            "com.microsoft:entity-disabled" => Failure(ServiceBusFailureReason.MessagingEntityDisabled),
            "com.microsoft:entity-already-exists" => Failure(ServiceBusFailureReason.MessagingEntityAlreadyExists),
            "com.microsoft:server-busy" => Failure(ServiceBusFailureReason.ServiceBusy),
            "com.microsoft:timeout" => Failure(ServiceBusFailureReason.ServiceTimeout),
            "amqp:link:message-size-exceeded" => Failure(ServiceBusFailureReason.MessageSizeExceeded),
            "amqp:resource-limit-exceeded" => Failure(ServiceBusFailureReason.QuotaExceeded),
            "amqp:connection:forced" or "amqp:connection:framing-error" or "amqp:link:detach-forced" or "amqp:illegal-state" or "amqp:session:window-violation" =>
                Failure(ServiceBusFailureReason.ServiceCommunicationProblem),
            "amqp:unauthorized-access" or "com.microsoft:auth-failed" => new UnauthorizedAccessException(message),
            "amqp:not-allowed" => new InvalidOperationException(message),
            "amqp:not-implemented" => new NotSupportedException(message),
            "com.microsoft:argument-error" => new ArgumentException(message),
            "com.microsoft:argument-out-of-range" => new ArgumentOutOfRangeException(null, message),
            _ => new ServiceBusException(isTransient: true, message, entityPath),
        };

        ServiceBusException Failure(ServiceBusFailureReason reason) => new(message, reason, entityPath);
    }

    /// <summary>For an answer that has a status but no condition.</summary>
    public static string ConditionOf(int status) => status switch
    {
        400 => "com.microsoft:argument-error",
        401 or 403 => "amqp:unauthorized-access",
        404 => NotFound,
        408 => "com.microsoft:timeout",
        410 => LockLost,
        501 => "amqp:not-implemented",
        503 => "com.microsoft:server-busy",
        _ => "amqp:internal-error",
    };

    public static Exception Translate(Exception exception, string? entityPath) => exception switch
    {
        AmqpException { Error: Error error } => ToException(error.Condition, error.Description, entityPath),
        // The library's way to say that the transport closed under it. A caller's own cancellation is told apart before.
        AmqpException or SocketException or IOException or OperationCanceledException or ObjectDisposedException { ObjectName: "TransportWriter" } =>
            new ServiceBusException(
                $"The connection to Service Bus failed: {exception.Message}", ServiceBusFailureReason.ServiceCommunicationProblem, entityPath, exception),
        TimeoutException => TimedOut(exception.Message, entityPath, exception),
        _ => exception,
    };

    public static ServiceBusException TimedOut(string message, string? entityPath, Exception? inner) =>
        new(message, ServiceBusFailureReason.ServiceTimeout, entityPath, inner);
}
