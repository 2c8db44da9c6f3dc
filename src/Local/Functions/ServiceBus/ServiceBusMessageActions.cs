using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Settles the message that a function was started by. It works until the function has returned; afterwards every settlement is refused
/// (<see cref="Grpc.Core.StatusCode.FailedPrecondition"/>).
/// </summary>
/// <remarks>Every failure to settle is a <see cref="Grpc.Core.RpcException"/>, whose detail is the failure's text; never a ServiceBusException.</remarks>
public class ServiceBusMessageActions
{
    readonly LockedMessages? _locked;

    /// <summary>Makes actions for a test to override.</summary>
    protected ServiceBusMessageActions()
    {
    }

    internal ServiceBusMessageActions(LockedMessages locked) => _locked = locked;

    LockedMessages Locked =>
        _locked ?? throw new InvalidOperationException("These actions are a test's and settle nothing. Override the method that is called.");

    /// <summary>The message is done, and deleted.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>Ends when the message is settled.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="Grpc.Core.RpcException">The message could not be settled.</exception>
    public virtual async Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Locked.SettleAsync(message, receiver => receiver.CompleteMessageAsync(message, cancellationToken), cancellationToken);
    }

    /// <summary>The message becomes available again at once, and its delivery counts.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>Ends when the message is settled.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">A property's value is of a type that AMQP does not have.</exception>
    /// <exception cref="Grpc.Core.RpcException">The message could not be settled.</exception>
    public virtual async Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        PropertyValues.Require(propertiesToModify);
        await Locked.SettleAsync(message, receiver => receiver.AbandonMessageAsync(message, propertiesToModify, cancellationToken), cancellationToken);
    }

    /// <summary>The message goes to the dead-letter queue.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="deadLetterReason">Why, in at most 4096 characters.</param>
    /// <param name="deadLetterErrorDescription">More words on that, in at most 4096 characters.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>Ends when the message is settled.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">A property's value is of a type that AMQP does not have.</exception>
    /// <exception cref="Grpc.Core.RpcException">The message could not be settled.</exception>
    public virtual async Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = default,
        string? deadLetterReason = default,
        string? deadLetterErrorDescription = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        PropertyValues.Require(propertiesToModify);
        await Locked.SettleAsync(
            message,
            receiver => receiver.DeadLetterMessageAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, cancellationToken),
            cancellationToken);
    }

    /// <summary>The message is set aside; only its sequence number fetches it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>Ends when the message is settled.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">A property's value is of a type that AMQP does not have.</exception>
    /// <exception cref="Grpc.Core.RpcException">The message could not be settled.</exception>
    public virtual async Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        PropertyValues.Require(propertiesToModify);
        await Locked.SettleAsync(message, receiver => receiver.DeferMessageAsync(message, propertiesToModify, cancellationToken), cancellationToken);
    }

    /// <summary>Renews the lock. The host does so by itself, for as long as host.json's <c>maxAutoLockRenewalDuration</c>.</summary>
    /// <param name="message">The message; its <see cref="ServiceBusReceivedMessage.LockedUntil"/> is not to be relied on afterwards.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Ends when the lock is renewed.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="Grpc.Core.RpcException">The lock could not be renewed.</exception>
    public virtual async Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Locked.CallAsync(message, (_, receiver) => receiver.RenewMessageLockAsync(message, cancellationToken), cancellationToken);
    }
}
