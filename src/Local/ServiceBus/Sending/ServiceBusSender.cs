using Azure.Messaging.ServiceBus.Wire;

namespace Azure.Messaging.ServiceBus;

/// <summary>Sends messages to one queue or topic. Safe for use by many threads at once.</summary>
public class ServiceBusSender : IAsyncDisposable
{
    readonly SenderChannel? _channel;
    volatile bool _closed;

    /// <summary>Makes a sender for a test to override.</summary>
    protected ServiceBusSender()
    {
        EntityPath = FullyQualifiedNamespace = Identifier = "";
    }

    /// <summary>Makes a sender.</summary>
    /// <param name="client">The client whose connection it uses.</param>
    /// <param name="queueOrTopicName">Where it sends to.</param>
    protected ServiceBusSender(ServiceBusClient client, string queueOrTopicName)
        : this(client, queueOrTopicName, null)
    {
    }

    /// <summary>Makes a sender.</summary>
    /// <param name="client">The client whose connection it uses.</param>
    /// <param name="queueOrTopicName">Where it sends to.</param>
    /// <param name="options">How it is made; null for the defaults.</param>
    protected ServiceBusSender(ServiceBusClient client, string queueOrTopicName, ServiceBusSenderOptions? options)
        : this(Required(client).Connection, queueOrTopicName, options)
    {
    }

    internal ServiceBusSender(ServiceBusConnection connection, string queueOrTopicName, ServiceBusSenderOptions? options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queueOrTopicName);
        connection.ThrowIfClosed();
        connection.CheckEntity(queueOrTopicName, nameof(queueOrTopicName));
        EntityPath = queueOrTopicName;
        FullyQualifiedNamespace = connection.FullyQualifiedNamespace;
        Identifier = EntityName.IdentifierOr(options?.Identifier, queueOrTopicName);
        _channel = new SenderChannel(connection, queueOrTopicName, Identifier);
    }

    /// <summary>The queue or topic.</summary>
    public virtual string EntityPath { get; }

    /// <summary>The host name of the namespace.</summary>
    public virtual string FullyQualifiedNamespace { get; }

    /// <summary>The sender's name.</summary>
    public virtual string Identifier { get; }

    /// <summary>Whether the sender is closed.</summary>
    public virtual bool IsClosed => _closed;

    /// <summary>Sends a message. When the task completes, the service has stored it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be sent nevertheless.</param>
    /// <returns>The send.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="ServiceBusException">The service refused it, or could not be reached within all tries.</exception>
    public virtual Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        ObjectDisposedException.ThrowIf(_closed, this);
        return Channel.SendAsync([message], cancellationToken);
    }

    /// <summary>Sends messages, all or none.</summary>
    /// <param name="messages">The messages; nothing happens when there are none.</param>
    /// <param name="cancellationToken">Ends the wait; the messages may be sent nevertheless.</param>
    /// <returns>The send.</returns>
    /// <exception cref="ArgumentNullException">The messages are null.</exception>
    /// <exception cref="ServiceBusException">They are too large together, or the service refused them or could not be reached within all tries.</exception>
    public virtual Task SendMessagesAsync(IEnumerable<ServiceBusMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_closed, this);
        ServiceBusMessage[] list = [.. messages];
        return list.Length == 0 ? Task.CompletedTask : Channel.SendAsync(list, cancellationToken);
    }

    /// <summary>Sends the messages of a batch, all or none.</summary>
    /// <param name="messageBatch">The batch; nothing happens when it is empty.</param>
    /// <param name="cancellationToken">Ends the wait; the messages may be sent nevertheless.</param>
    /// <returns>The send.</returns>
    /// <exception cref="ArgumentNullException">The batch is null.</exception>
    /// <exception cref="ServiceBusException">The service refused them or could not be reached within all tries.</exception>
    public virtual async Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messageBatch);
        ObjectDisposedException.ThrowIf(_closed, this);
        if (messageBatch.Count == 0) return;
        var toAmqp = messageBatch.StartSending();
        try
        {
            await Channel.SendAsync(toAmqp, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            messageBatch.EndSending();
        }
    }

    /// <summary>Makes a batch as large as the service takes.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>An empty batch.</returns>
    /// <exception cref="ServiceBusException">The service could not be asked for its limit within all tries.</exception>
    public virtual ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default) =>
        CreateMessageBatchAsync(new CreateMessageBatchOptions(), cancellationToken);

    /// <summary>Makes a batch.</summary>
    /// <param name="options">Its limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>An empty batch.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is over that of the service.</exception>
    /// <exception cref="ServiceBusException">The service could not be asked for its limit within all tries.</exception>
    public virtual async ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(
        CreateMessageBatchOptions options, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return new ServiceBusMessageBatch(await Channel.CreateBatchAsync(options?.MaxSizeInBytes, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Stores a message that becomes available later.</summary>
    /// <param name="message">The message, whose <see cref="ServiceBusMessage.ScheduledEnqueueTime"/> is set.</param>
    /// <param name="scheduledEnqueueTime">When it becomes available, at the earliest.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be stored nevertheless.</param>
    /// <returns>The number that cancels it.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="ServiceBusException">The service refused it or could not be reached within all tries.</exception>
    public virtual async Task<long> ScheduleMessageAsync(
        ServiceBusMessage message, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var numbers = await ScheduleMessagesAsync([message], scheduledEnqueueTime, cancellationToken).ConfigureAwait(false);
        return numbers[0];
    }

    /// <summary>Stores messages that become available later, all or none.</summary>
    /// <param name="messages">The messages, whose <see cref="ServiceBusMessage.ScheduledEnqueueTime"/> is set.</param>
    /// <param name="scheduledEnqueueTime">When they become available, at the earliest.</param>
    /// <param name="cancellationToken">Ends the wait; the messages may be stored nevertheless.</param>
    /// <returns>The numbers that cancel them.</returns>
    /// <exception cref="ArgumentNullException">The messages are null.</exception>
    /// <exception cref="ServiceBusException">The service refused them or could not be reached within all tries.</exception>
    public virtual async Task<IReadOnlyList<long>> ScheduleMessagesAsync(
        IEnumerable<ServiceBusMessage> messages, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_closed, this);
        ServiceBusMessage[] list = [.. messages];
        if (list.Length == 0) return [];
        foreach (var message in list) message.ScheduledEnqueueTime = scheduledEnqueueTime;
        return await Channel.ScheduleAsync(list, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes back a scheduled message.</summary>
    /// <param name="sequenceNumber">The number that scheduling it gave.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The cancellation.</returns>
    /// <exception cref="ServiceBusException">There is no such message, or the service could not be reached within all tries.</exception>
    public virtual Task CancelScheduledMessageAsync(long sequenceNumber, CancellationToken cancellationToken = default) =>
        CancelScheduledMessagesAsync([sequenceNumber], cancellationToken);

    /// <summary>Takes back scheduled messages.</summary>
    /// <param name="sequenceNumbers">The numbers that scheduling them gave.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The cancellation.</returns>
    /// <exception cref="ArgumentNullException">The numbers are null.</exception>
    /// <exception cref="ServiceBusException">There is no such message, or the service could not be reached within all tries.</exception>
    public virtual Task CancelScheduledMessagesAsync(IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sequenceNumbers);
        ObjectDisposedException.ThrowIf(_closed, this);
        long[] numbers = [.. sequenceNumbers];
        return numbers.Length == 0 ? Task.CompletedTask : Channel.CancelScheduledAsync(numbers, cancellationToken);
    }

    /// <summary>Ends the use of the sender. The client's connection stays open.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The close.</returns>
    public virtual async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        if (_closed) return;
        _closed = true;
        // A test's subclass has no channel.
        if (_channel is not null) await _channel.CloseAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the use of the sender.</summary>
    /// <returns>The close.</returns>
    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    SenderChannel Channel => _channel ?? throw new InvalidOperationException("It is a test's and has no connection. Override what the test calls.");

    static ServiceBusClient Required(ServiceBusClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client;
    }
}
