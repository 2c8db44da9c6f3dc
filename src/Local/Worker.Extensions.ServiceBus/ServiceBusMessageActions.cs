using Azure.Messaging.ServiceBus;
using Google.Protobuf;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.ServiceBus.Grpc;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Settles the message that a function runs for. The host does it; a call ends when the host has answered.
/// </summary>
[InputConverter(typeof(ServiceBusMessageActionsConverter))]
public class ServiceBusMessageActions
{
    readonly Settlement.SettlementClient? _settlement;

    internal ServiceBusMessageActions(Settlement.SettlementClient settlement) => _settlement = settlement;

    /// <summary>For tests that derive from it.</summary>
    protected ServiceBusMessageActions()
    {
    }

    Settlement.SettlementClient Host => _settlement
        ?? throw new InvalidOperationException("These actions were made without a host. Override what a test calls.");

    /// <summary>The message is done and leaves the queue.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>Ends when the message is settled.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="Grpc.Core.RpcException">The message could not be settled, whatever the reason.</exception>
    public virtual async Task CompleteMessageAsync(
        ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.CompleteAsync(new() { Locktoken = message.LockToken }, cancellationToken: cancellationToken);
    }

    /// <summary>The message becomes available again at once, and its delivery counts.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>Ends when the message is settled.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">A property's value is of a type that AMQP
    /// does not have.</exception>
    /// <exception cref="Grpc.Core.RpcException">The message could not be settled, whatever the reason.</exception>
    public virtual async Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.AbandonAsync(
            new() { Locktoken = message.LockToken, PropertiesToModify = Encode(propertiesToModify) },
            cancellationToken: cancellationToken);
    }

    /// <summary>The message goes to the dead-letter queue.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="deadLetterReason">Why, in at most 4096 characters.</param>
    /// <param name="deadLetterErrorDescription">More words on that, in at most 4096 characters.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>Ends when the message is settled.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">A property's value is of a type that AMQP
    /// does not have.</exception>
    /// <exception cref="Grpc.Core.RpcException">The message could not be settled, whatever the reason.</exception>
    public virtual async Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = default,
        string? deadLetterReason = default,
        string? deadLetterErrorDescription = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.DeadletterAsync(
            new()
            {
                Locktoken = message.LockToken,
                PropertiesToModify = Encode(propertiesToModify),
                DeadletterReason = deadLetterReason,
                DeadletterErrorDescription = deadLetterErrorDescription,
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>The message is set aside; only its sequence number fetches it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>Ends when the message is settled.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">A property's value is of a type that AMQP
    /// does not have.</exception>
    /// <exception cref="Grpc.Core.RpcException">The message could not be settled, whatever the reason.</exception>
    public virtual async Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.DeferAsync(
            new() { Locktoken = message.LockToken, PropertiesToModify = Encode(propertiesToModify) },
            cancellationToken: cancellationToken);
    }

    /// <summary>
    /// Renews the lock. The host does so by itself, for as long as host.json's <c>maxAutoLockRenewalDuration</c>.
    /// </summary>
    /// <param name="message">The message; its <see cref="ServiceBusReceivedMessage.LockedUntil"/> stays as it
    /// was.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Ends when the lock is renewed.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="Grpc.Core.RpcException">The lock could not be renewed, whatever the reason.</exception>
    public virtual async Task RenewMessageLockAsync(
        ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.RenewMessageLockAsync(new() { Locktoken = message.LockToken }, cancellationToken: cancellationToken);
    }

    static ByteString Encode(IDictionary<string, object>? properties) =>
        properties is null ? ByteString.Empty : PropertyMap.Encode(properties);
}
