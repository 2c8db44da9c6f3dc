using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>What a receiver does, with tries.</summary>
internal sealed class ReceiverChannel(ServiceBusConnection connection, string entityPath, string identifier, ServiceBusReceiveMode mode, int prefetch)
{
    readonly ManagementChannel _management = new(connection, entityPath, typeof(ServiceBusReceiver));
    readonly Slot<ReceiveLink> _link = NewSlot(connection, entityPath, identifier, mode, prefetch);
    long _lastPeeked;

    public Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveAsync(int most, TimeSpan? wait, CancellationToken cancellationToken)
    {
        long? started = null;
        return connection.Retries.RunAsync(
            async inTime =>
            {
                // A try's time bounds the opening of the link. How long to wait for a message, all tries together, is the caller's to say.
                var link = await _link.GetAsync(inTime).ConfigureAwait(false);
                started ??= connection.Time.GetTimestamp();
                var left = (wait ?? connection.Options.RetryOptions.TryTimeout) - connection.Time.GetElapsedTime(started.Value);
                return await link.ReceiveAsync(most, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            },
            entityPath,
            cancellationToken);
    }

    public Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeferredAsync(long[] sequenceNumbers, CancellationToken cancellationToken) =>
        connection.Retries.RunAsync<IReadOnlyList<ServiceBusReceivedMessage>>(
            async inTime =>
            {
                var request = new Map { ["sequence-numbers"] = sequenceNumbers, ["receiver-settle-mode"] = mode == ServiceBusReceiveMode.PeekLock ? 1u : 0u };
                var answer = await _management.AskAsync("receive-by-sequence-number", request, inTime).ConfigureAwait(false);
                return [.. Messages(answer).Select(map => MessageDecoder.Fetched((byte[])map["message"], map["lock-token"] as Guid? ?? Guid.Empty))];
            },
            entityPath,
            cancellationToken);

    public async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(int most, long? fromSequenceNumber, CancellationToken cancellationToken)
    {
        var from = fromSequenceNumber ?? Interlocked.Read(ref _lastPeeked) + 1;
        ServiceBusReceivedMessage[] peeked = await connection.Retries.RunAsync<ServiceBusReceivedMessage[]>(
            async inTime =>
            {
                var request = new Map { ["from-sequence-number"] = from, ["message-count"] = most };
                var answer = await _management.AskAsync("peek-message", request, inTime).ConfigureAwait(false);
                return [.. Messages(answer).Select(map => MessageDecoder.Peeked((byte[])map["message"]))];
            },
            entityPath,
            cancellationToken).ConfigureAwait(false);
        if (peeked is [.., var last]) Interlocked.Exchange(ref _lastPeeked, last.SequenceNumber);
        return peeked;
    }

    public Task SettleAsync(Guid lockToken, Settlement settlement, CancellationToken cancellationToken) => connection.Retries.RunAsync(
        async inTime =>
        {
            if (_link.Opened is not { } link || !link.TryTake(lockToken, out var delivery))
            {
                await SettleByRequestAsync(lockToken, settlement, inTime).ConfigureAwait(false);
                return;
            }

            // Anything but a refusal is consent, whatever outcome it is told with.
            var answer = await link.SettleAsync(delivery!, settlement.Outcome(), inTime).ConfigureAwait(false);
            if (answer is not Rejected { Error: { } error }) return;
            if (error.Condition?.ToString() != ErrorMapping.NotFound) throw new AmqpException(error);
            await SettleByRequestAsync(lockToken, settlement, inTime).ConfigureAwait(false);
        },
        entityPath,
        cancellationToken);

    public Task<DateTimeOffset> RenewLockAsync(Guid lockToken, CancellationToken cancellationToken) => connection.Retries.RunAsync(
        async inTime =>
        {
            var answer = await _management.AskAsync("renew-lock", new Map { ["lock-tokens"] = new[] { lockToken } }, inTime).ConfigureAwait(false);
            return answer?["expirations"] is DateTime[] and [var until, ..]
                ? new DateTimeOffset(DateTime.SpecifyKind(until, DateTimeKind.Utc))
                : throw new ServiceBusException("The service renewed the lock without saying until when.", ServiceBusFailureReason.GeneralError, entityPath);
        },
        entityPath,
        cancellationToken);

    public Task CloseAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_link.CloseAsync(), _management.CloseAsync()).WaitAsync(cancellationToken);

    static Slot<ReceiveLink> NewSlot(ServiceBusConnection connection, string entityPath, string identifier, ServiceBusReceiveMode mode, int prefetch)
    {
        // It outlives each link: messages that were deleted when they were handed out exist nowhere else.
        var ready = new ConcurrentQueue<ServiceBusReceivedMessage>();
        return connection.NewSlot(
            $"Opening the receiver link to '{entityPath}'",
            (open, cancellationToken) => ReceiveLink.OpenAsync(open, entityPath, identifier, mode, prefetch, connection.Time, ready, cancellationToken),
            link => link.IsOpen,
            link => link.CloseAsync(),
            typeof(ServiceBusReceiver));
    }

    /// <summary>For messages that were fetched by a request, or whose link is gone. Their locks last.</summary>
    Task<Map?> SettleByRequestAsync(Guid lockToken, Settlement settlement, CancellationToken cancellationToken)
    {
        var request = new Map { ["lock-tokens"] = new[] { lockToken }, ["disposition-status"] = settlement.Status };
        foreach (var (name, value) in settlement.Request) request[name] = value;
        return _management.AskAsync("update-disposition", request, cancellationToken);
    }

    static IEnumerable<Map> Messages(Map? answer) => answer?["messages"] is List list ? list.OfType<Map>() : [];
}
