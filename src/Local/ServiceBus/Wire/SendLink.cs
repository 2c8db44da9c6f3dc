using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>A link that messages are sent on, as long as it lasts.</summary>
internal sealed class SendLink
{
    /// <summary>What the service takes as one batch where it does not tell.</summary>
    const long LargestBatch = 1024 * 1024;

    static readonly Symbol BatchLimit = new("com.microsoft:max-message-batch-size");

    readonly SenderLink _link;
    readonly string _entityPath;

    SendLink(SenderLink link, string entityPath, Attach answer)
    {
        (_link, _entityPath) = (link, entityPath);
        MaxMessageSize = answer.MaxMessageSize is > 0 and < long.MaxValue ? (long)answer.MaxMessageSize : long.MaxValue;
        MaxBatchSize = Math.Min(MaxMessageSize, VendorLimit(answer) ?? LargestBatch);
    }

    public long MaxMessageSize { get; }

    public long MaxBatchSize { get; }

    public bool IsOpen => !_link.IsClosed;

    public static async Task<SendLink> OpenAsync(OpenConnection connection, string entityPath, string identifier, CancellationToken cancellationToken)
    {
        await connection.AuthorizeAsync(entityPath, cancellationToken).ConfigureAwait(false);
        var attachment = new Attachment();
        var attach = new Attach { Target = new Target { Address = $"/{entityPath}" }, Source = new Source { Address = identifier } };
        var link = new SenderLink(connection.NewSession(), $"{identifier}:{Guid.NewGuid():N}", attach, attachment.OnAttached);
        return new SendLink(link, entityPath, await attachment.WaitAsync(link, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Sends a message and awaits that the service has stored it.</summary>
    public async Task SendAsync(Message message, CancellationToken cancellationToken)
    {
        ThrowIfTooLarge(message);
        var outcome = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _link.Send(message, static (_, _, outcome, waiting) => ((TaskCompletionSource<Outcome>)waiting).TrySetResult(outcome), outcome);
        try
        {
            ThrowUnlessAccepted(await outcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            _link.Cancel(message);
            throw;
        }
    }

    public Task CloseAsync() => OpenConnection.CloseAsync(_link);

    void ThrowIfTooLarge(Message message)
    {
        // To know the size is to encode the message. The estimate, which leaves application properties out, spares that for nearly all.
        if (message.GetEstimatedMessageSize() <= MaxMessageSize / 2) return;
        var size = message.Encode().Length;
        if (size <= MaxMessageSize) return;
        throw new ServiceBusException(
            $"What is to be sent has {size} bytes and the service takes {MaxMessageSize}. Send less at once; CreateMessageBatchAsync keeps to the limit.",
            ServiceBusFailureReason.MessageSizeExceeded,
            _entityPath);
    }

    static void ThrowUnlessAccepted(Outcome? outcome)
    {
        switch (outcome)
        {
            case Accepted:
                return;
            case Rejected { Error: { } error }:
                throw new AmqpException(error);
            default:
                throw Attachment.Closed(null);
        }
    }

    static long? VendorLimit(Attach answer) => answer.Properties is { } properties && properties.TryGetValue(BatchLimit, out var value) && value is not null
        ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)
        : null;
}
