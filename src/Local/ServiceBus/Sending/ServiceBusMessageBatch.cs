using Amqp;

namespace Azure.Messaging.ServiceBus;

/// <summary>Messages that are sent together, all or none. Not for use by several threads at once.</summary>
public sealed class ServiceBusMessageBatch : IDisposable
{
    readonly BatchContent _content;
    bool _sending;
    bool _disposed;

    internal ServiceBusMessageBatch(BatchContent content) => _content = content;

    /// <summary>The most bytes that the batch may have.</summary>
    public long MaxSizeInBytes => _content.MaxSizeInBytes;

    /// <summary>The bytes that the batch has so far.</summary>
    public long SizeInBytes => _content.SizeInBytes;

    /// <summary>The messages in the batch.</summary>
    public int Count => _content.Count;

    /// <summary>Adds a message if there is room for it. Later changes to the message do not reach the batch.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Whether it was added; false when it would make the batch too large.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <exception cref="ObjectDisposedException">The batch is disposed of.</exception>
    /// <exception cref="InvalidOperationException">The batch is being sent.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">An application property has a type that cannot be sent.</exception>
    public bool TryAddMessage(ServiceBusMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        ObjectDisposedException.ThrowIf(_disposed, this);
        ThrowIfSending();
        return _content.TryAdd(message);
    }

    /// <summary>Ends the use of the batch.</summary>
    /// <exception cref="InvalidOperationException">The batch is being sent.</exception>
    public void Dispose()
    {
        ThrowIfSending();
        _disposed = true;
    }

    internal Func<Message> StartSending()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ThrowIfSending();
        _sending = true;
        return _content.ToAmqp;
    }

    internal void EndSending() => _sending = false;

    void ThrowIfSending()
    {
        if (_sending) throw new InvalidOperationException("The batch is being sent. Await the send before using or disposing of the batch.");
    }
}
