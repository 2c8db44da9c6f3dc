using System.Runtime.CompilerServices;
using Azure.Messaging.ServiceBus.Wire;

namespace Azure.Messaging.ServiceBus;

/// <summary>Receives and settles the messages of one queue or subscription. Safe for use by many threads at once.</summary>
public class ServiceBusReceiver : IAsyncDisposable
{
    /// <summary>The service's limit for the reason and its words, in characters each.</summary>
    const int LongestDeadLetterText = 4096;

    readonly ReceiverChannel? _channel;
    volatile bool _closed;

    /// <summary>Makes a receiver for a test to override.</summary>
    protected ServiceBusReceiver()
    {
        EntityPath = FullyQualifiedNamespace = Identifier = "";
    }

    /// <summary>Makes a receiver of a queue.</summary>
    /// <param name="client">The client whose connection it uses.</param>
    /// <param name="queueName">The queue.</param>
    /// <param name="options">How it receives; null for the defaults.</param>
    protected ServiceBusReceiver(ServiceBusClient client, string queueName, ServiceBusReceiverOptions? options)
        : this(Required(client).Connection, EntityName.Queue(queueName), options)
    {
    }

    /// <summary>Makes a receiver of a subscription.</summary>
    /// <param name="client">The client whose connection it uses.</param>
    /// <param name="topicName">The topic.</param>
    /// <param name="subscriptionName">The subscription.</param>
    /// <param name="options">How it receives; null for the defaults.</param>
    protected ServiceBusReceiver(ServiceBusClient client, string topicName, string subscriptionName, ServiceBusReceiverOptions? options)
        : this(Required(client).Connection, EntityName.Subscription(topicName, subscriptionName), options)
    {
    }

    internal ServiceBusReceiver(ServiceBusConnection connection, string entityPath, ServiceBusReceiverOptions? options)
    {
        connection.ThrowIfClosed();
        connection.CheckEntity(entityPath, "queueName");
        EntityPath = EntityName.WithSubQueue(entityPath, options?.SubQueue ?? SubQueue.None);
        FullyQualifiedNamespace = connection.FullyQualifiedNamespace;
        Identifier = EntityName.IdentifierOr(options?.Identifier, EntityPath);
        PrefetchCount = options?.PrefetchCount ?? 0;
        ReceiveMode = options?.ReceiveMode ?? ServiceBusReceiveMode.PeekLock;
        _channel = new ReceiverChannel(connection, EntityPath, Identifier, ReceiveMode, PrefetchCount);
    }

    /// <summary>The queue or subscription, with its sub-queue.</summary>
    public virtual string EntityPath { get; }

    /// <summary>The host name of the namespace.</summary>
    public virtual string FullyQualifiedNamespace { get; }

    /// <summary>The receiver's name.</summary>
    public virtual string Identifier { get; }

    /// <summary>Whether the receiver is closed.</summary>
    public virtual bool IsClosed => _closed;

    /// <summary>The messages kept ready beyond those asked for.</summary>
    public virtual int PrefetchCount { get; }

    /// <summary>Whether messages are locked or deleted when they are handed out.</summary>
    public virtual ServiceBusReceiveMode ReceiveMode { get; }

    /// <summary>Receives a message.</summary>
    /// <param name="maxWaitTime">How long to wait for one; a try's time unless given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message, or null when none came in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not positive.</exception>
    /// <exception cref="ServiceBusException">The service refused or could not be reached within all tries.</exception>
    public virtual async Task<ServiceBusReceivedMessage?> ReceiveMessageAsync(TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        var messages = await ReceiveMessagesAsync(1, maxWaitTime, cancellationToken).ConfigureAwait(false);
        return messages.Count > 0 ? messages[0] : null;
    }

    /// <summary>Receives messages: those that are there, as soon as there is one.</summary>
    /// <param name="maxMessages">The most messages to receive, at least 1.</param>
    /// <param name="maxWaitTime">How long to wait for the first; a try's time unless given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The messages; none when none came in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number or the time is not positive.</exception>
    /// <exception cref="ServiceBusException">The service refused or could not be reached within all tries.</exception>
    public virtual Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(
        int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        // Prefetched messages may be asked for without a wait.
        if (maxWaitTime is { } wait && (PrefetchCount == 0 ? wait <= TimeSpan.Zero : wait < TimeSpan.Zero))
            throw new ArgumentOutOfRangeException(nameof(maxWaitTime), wait, "The time to wait for a message must be positive.");
        return Channel.ReceiveAsync(maxMessages, maxWaitTime, cancellationToken);
    }

    /// <summary>Receives messages one after the other until it is told to stop.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The messages.</returns>
    /// <exception cref="ServiceBusException">The service refused or could not be reached within all tries.</exception>
    public virtual async IAsyncEnumerable<ServiceBusReceivedMessage> ReceiveMessagesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var message = await ReceiveMessageAsync(null, cancellationToken).ConfigureAwait(false);
            if (message is not null) yield return message;
        }
    }

    /// <summary>Receives a message that was set aside.</summary>
    /// <param name="sequenceNumber">Its number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ServiceBusException">There is no such message, or the service refused or could not be reached within all tries.</exception>
    public virtual async Task<ServiceBusReceivedMessage> ReceiveDeferredMessageAsync(long sequenceNumber, CancellationToken cancellationToken = default)
    {
        var messages = await ReceiveDeferredMessagesAsync([sequenceNumber], cancellationToken).ConfigureAwait(false);
        return messages[0];
    }

    /// <summary>Receives messages that were set aside.</summary>
    /// <param name="sequenceNumbers">Their numbers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The messages.</returns>
    /// <exception cref="ArgumentNullException">The numbers are null.</exception>
    /// <exception cref="ServiceBusException">One of them is not there, or the service refused or could not be reached within all tries.</exception>
    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeferredMessagesAsync(
        IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        ArgumentNullException.ThrowIfNull(sequenceNumbers);
        long[] numbers = [.. sequenceNumbers];
        return numbers.Length == 0 ? [] : await Channel.ReceiveDeferredAsync(numbers, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at a message without locking it.</summary>
    /// <param name="fromSequenceNumber">The least number to look at; the one after the last that this receiver looked at unless given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message, or null when there is none from there on.</returns>
    /// <exception cref="ServiceBusException">The service refused or could not be reached within all tries.</exception>
    public virtual async Task<ServiceBusReceivedMessage?> PeekMessageAsync(long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        var messages = await PeekMessagesAsync(1, fromSequenceNumber, cancellationToken).ConfigureAwait(false);
        return messages.Count > 0 ? messages[0] : null;
    }

    /// <summary>Looks at messages without locking them.</summary>
    /// <param name="maxMessages">The most messages to look at, at least 1.</param>
    /// <param name="fromSequenceNumber">The least number to look at; the one after the last that this receiver looked at unless given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The messages, scheduled and deferred ones too; none when there are none from there on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of messages is not positive.</exception>
    /// <exception cref="ServiceBusException">The service refused or could not be reached within all tries.</exception>
    public virtual Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(
        int maxMessages, long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        return Channel.PeekAsync(maxMessages, fromSequenceNumber, cancellationToken);
    }

    /// <summary>Settles a message: it is done, and deleted.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>The settlement.</returns>
    /// <exception cref="InvalidOperationException">The message was not locked when it was received.</exception>
    /// <exception cref="ServiceBusException">The lock is lost, or the service could not be reached within all tries.</exception>
    public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        SettleAsync(message, Settlement.Complete, cancellationToken);

    /// <summary>Settles a message: it becomes available again at once, and its delivery counts.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>The settlement.</returns>
    /// <exception cref="InvalidOperationException">The message was not locked when it was received.</exception>
    /// <exception cref="ServiceBusException">The lock is lost, or the service could not be reached within all tries.</exception>
    public virtual Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(message, Settlement.Abandon(propertiesToModify), cancellationToken);

    /// <summary>Settles a message: it is set aside, and only its sequence number fetches it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>The settlement.</returns>
    /// <exception cref="InvalidOperationException">The message was not locked when it was received.</exception>
    /// <exception cref="ServiceBusException">The lock is lost, or the service could not be reached within all tries.</exception>
    public virtual Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(message, Settlement.Defer(propertiesToModify), cancellationToken);

    /// <summary>Settles a message: it goes to the dead-letter queue.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>The settlement.</returns>
    /// <exception cref="InvalidOperationException">The message was not locked when it was received.</exception>
    /// <exception cref="ServiceBusException">The lock is lost, or the service could not be reached within all tries.</exception>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        DeadLetterAsync(message, propertiesToModify, null, null, cancellationToken);

    /// <summary>Settles a message: it goes to the dead-letter queue.</summary>
    /// <param name="message">The message.</param>
    /// <param name="deadLetterReason">Why, in at most 4096 characters.</param>
    /// <param name="deadLetterErrorDescription">Why, at more length, in at most 4096 characters.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>The settlement.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The reason or its description is too long.</exception>
    /// <exception cref="InvalidOperationException">The message was not locked when it was received.</exception>
    /// <exception cref="ServiceBusException">The lock is lost, or the service could not be reached within all tries.</exception>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, string? deadLetterReason, string? deadLetterErrorDescription = null, CancellationToken cancellationToken = default) =>
        DeadLetterAsync(message, null, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    /// <summary>Settles a message: it goes to the dead-letter queue.</summary>
    /// <param name="message">The message.</param>
    /// <param name="propertiesToModify">Application properties to set on it.</param>
    /// <param name="deadLetterReason">Why, in at most 4096 characters.</param>
    /// <param name="deadLetterErrorDescription">Why, at more length, in at most 4096 characters.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be settled nevertheless.</param>
    /// <returns>The settlement.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The reason or its description is too long.</exception>
    /// <exception cref="InvalidOperationException">The message was not locked when it was received, or reason and properties contradict each other.</exception>
    /// <exception cref="ServiceBusException">The lock is lost, or the service could not be reached within all tries.</exception>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify, string? deadLetterReason,
        string? deadLetterErrorDescription = null, CancellationToken cancellationToken = default) =>
        DeadLetterAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    /// <summary>Makes a message's lock last longer, and notes on the message how long.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The renewal.</returns>
    /// <exception cref="InvalidOperationException">The message was not locked when it was received.</exception>
    /// <exception cref="ServiceBusException">The lock is lost, or the service could not be reached within all tries.</exception>
    public virtual async Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ThrowIfNotLocked(message);
        message.LockedUntil = await Channel.RenewLockAsync(message.LockTokenGuid, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the use of the receiver. The client's connection stays open. Locks of messages not settled run out by themselves.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The close.</returns>
    public virtual async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        if (_closed) return;
        _closed = true;
        // A test's subclass has no channel.
        if (_channel is not null) await _channel.CloseAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the use of the receiver.</summary>
    /// <returns>The close.</returns>
    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    Task DeadLetterAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? properties, string? reason, string? description, CancellationToken cancellationToken)
    {
        foreach (var (text, name) in new[] { (reason, nameof(reason)), (description, nameof(description)) })
        {
            if (text is { Length: > LongestDeadLetterText })
                throw new ArgumentOutOfRangeException(name, text.Length, $"The dead-letter {name} has at most {LongestDeadLetterText} characters. Shorten it.");
        }

        return SettleAsync(message, Settlement.DeadLetter(properties, reason, description), cancellationToken);
    }

    Task SettleAsync(ServiceBusReceivedMessage message, Settlement settlement, CancellationToken cancellationToken)
    {
        ThrowIfNotLocked(message);
        return Channel.SettleAsync(message.LockTokenGuid, settlement, cancellationToken);
    }

    void ThrowIfNotLocked(ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        ObjectDisposedException.ThrowIf(_closed, this);
        if (ReceiveMode != ServiceBusReceiveMode.PeekLock)
            throw new InvalidOperationException("A receiver in the mode ReceiveAndDelete has nothing to settle: its messages were deleted when they were received.");
        if (message.LockTokenGuid == Guid.Empty)
            throw new InvalidOperationException("The message has no lock: it was peeked, not received. Receive it to settle it.");
    }

    ReceiverChannel Channel => _channel ?? throw new InvalidOperationException("It is a test's and has no connection. Override what the test calls.");

    static ServiceBusClient Required(ServiceBusClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client;
    }
}
