using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A receiver of a <see cref="FakeQueue"/>. It never waits: what is not there does not come.</summary>
sealed class FakeReceiver(FakeQueue queue, FakeQueue deadLetters) : ServiceBusReceiver
{
    int _received;
    int _receivedDeferred;
    long _peekedTo;

    public override async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(
        int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await queue.BeforeReceive(_received++);
        queue.Enter("receive");
        return queue.Take(maxMessages);
    }

    public override Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(
        int maxMessages, long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        queue.Enter("peek");
        var page = queue.Peek(fromSequenceNumber ?? _peekedTo + 1, maxMessages);
        _peekedTo = page is [.., var last] ? last.SequenceNumber : _peekedTo;
        return Task.FromResult(page);
    }

    public override async Task<ServiceBusReceivedMessage?> ReceiveMessageAsync(
        TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default) =>
        (await ReceiveMessagesAsync(1, maxWaitTime, cancellationToken)).SingleOrDefault();

    public override async Task<ServiceBusReceivedMessage?> PeekMessageAsync(
        long? fromSequenceNumber = null, CancellationToken cancellationToken = default) =>
        (await PeekMessagesAsync(1, fromSequenceNumber, cancellationToken)).SingleOrDefault();

    public override Task CompleteMessageAsync(
        ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        Settle("complete", message, cancellationToken);

    public override Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null,
        CancellationToken cancellationToken = default) =>
        Settle("abandon", message, cancellationToken);

    public override async Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        string? deadLetterReason,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default)
    {
        await Settle("complete", message, cancellationToken);
        deadLetters.Put(new ServiceBusMessage(message), message.EnqueuedTime, deadLetterReason,
            deadLetterErrorDescription);
    }

    public override Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null,
        CancellationToken cancellationToken = default) =>
        Settle("defer", message, cancellationToken);

    public override async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeferredMessagesAsync(
        IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await queue.BeforeReceiveDeferred(_receivedDeferred++);
        queue.Enter("receive deferred");
        return queue.TakeDeferred([.. sequenceNumbers]);
    }

    public override Task CloseAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    Task Settle(string how, ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        queue.Enter(how);
        queue.Settle(how, message);
        return queue.AnswerLost(how)
            ? throw new ServiceBusException("The lock is lost.", ServiceBusFailureReason.MessageLockLost)
            : Task.CompletedTask;
    }
}
