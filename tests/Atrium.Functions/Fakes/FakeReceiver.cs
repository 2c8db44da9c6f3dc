using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A receiver of a <see cref="FakeQueue"/>. It never waits: what is not there does not come.</summary>
sealed class FakeReceiver(FakeQueue queue) : ServiceBusReceiver
{
    int _received;

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
        return Task.FromResult(queue.Peek(fromSequenceNumber ?? 0, maxMessages));
    }

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => Settle("complete", message);

    public override Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        Settle("abandon", message);

    Task Settle(string how, ServiceBusReceivedMessage message)
    {
        queue.Enter(how);
        queue.Settle(how, message);
        return Task.CompletedTask;
    }
}
