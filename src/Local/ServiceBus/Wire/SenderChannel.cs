using Amqp;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>What a sender does, with tries.</summary>
internal sealed class SenderChannel(ServiceBusConnection connection, string entityPath, string identifier)
{
    readonly ManagementChannel _management = new(connection, entityPath, typeof(ServiceBusSender));
    readonly Slot<SendLink> _link = connection.NewSlot(
        $"Opening the sender link to '{entityPath}'",
        (open, cancellationToken) => SendLink.OpenAsync(open, entityPath, identifier, cancellationToken),
        link => link.IsOpen,
        link => link.CloseAsync(),
        typeof(ServiceBusSender));

    DateTime Now => connection.Time.GetUtcNow().UtcDateTime;

    public Task SendAsync(IReadOnlyList<ServiceBusMessage> messages, CancellationToken cancellationToken) => SendAsync(
        () => messages is [var only] ? MessageEncoder.ToAmqp(only.Content, Now) : MessageEncoder.Envelope(messages, Now), cancellationToken);

    /// <summary>Sends what is made anew for each try.</summary>
    public Task SendAsync(Func<Message> message, CancellationToken cancellationToken) => connection.Retries.RunAsync(
        async inTime =>
        {
            var link = await _link.GetAsync(inTime).ConfigureAwait(false);
            await link.SendAsync(message(), inTime).ConfigureAwait(false);
        },
        entityPath,
        cancellationToken);

    public async Task<BatchContent> CreateBatchAsync(long? mostBytes, CancellationToken cancellationToken)
    {
        var link = await connection.Retries.RunAsync(async inTime => await _link.GetAsync(inTime).ConfigureAwait(false), entityPath, cancellationToken)
            .ConfigureAwait(false);
        if (mostBytes > link.MaxBatchSize)
            throw new ArgumentOutOfRangeException(nameof(mostBytes), mostBytes, $"'{entityPath}' takes batches of at most {link.MaxBatchSize} bytes. Set MaxSizeInBytes to that or less.");
        return new EncodedBatch(mostBytes ?? link.MaxBatchSize, connection.Time);
    }

    public Task<IReadOnlyList<long>> ScheduleAsync(IReadOnlyList<ServiceBusMessage> messages, CancellationToken cancellationToken) =>
        connection.Retries.RunAsync<IReadOnlyList<long>>(
            async inTime =>
            {
                var list = new List();
                foreach (var message in messages) list.Add(ToSchedule(message.Content));
                var answer = await _management.AskAsync("schedule-message", new Map { ["messages"] = list }, inTime).ConfigureAwait(false);
                return answer?["sequence-numbers"] as long[] ?? [];
            },
            entityPath,
            cancellationToken);

    public Task CancelScheduledAsync(long[] sequenceNumbers, CancellationToken cancellationToken) => connection.Retries.RunAsync(
        inTime => _management.AskAsync("cancel-scheduled-message", new Map { ["sequence-numbers"] = sequenceNumbers }, inTime),
        entityPath,
        cancellationToken);

    public Task CloseAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_link.CloseAsync(), _management.CloseAsync()).WaitAsync(cancellationToken);

    Map ToSchedule(MessageContent content)
    {
        var encoded = MessageEncoder.Encode(content, Now);
        // Without an id of its own a message that is stored twice by two tries could not be told from two messages.
        var map = new Map { ["message"] = encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray(), ["message-id"] = content.MessageId ?? "" };
        if (content.SessionId is not null) map["session-id"] = content.SessionId;
        if (content.Annotation<string>(AnnotationName.PartitionKey) is { } key) map["partition-key"] = key;
        if (content.Annotation<string>(AnnotationName.TransactionPartitionKey) is { } transactionKey) map["via-partition-key"] = transactionKey;
        return map;
    }
}
