using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A namespace's queues and dead-letter queues in memory, with their sending and receiving ends.</summary>
sealed class FakeBus(TimeProvider time, Journal? journal = null) : ServiceBusClient
{
    readonly ConcurrentDictionary<(string Queue, SubQueue SubQueue), FakeQueue> _queues = new();
    readonly ConcurrentDictionary<string, RecordingSender> _senders = new();

    public FakeQueue Queue(string name) => Of(name, SubQueue.None);

    public FakeQueue DeadLetters(string name) => Of(name, SubQueue.DeadLetter);

    /// <summary>The one sending end of a queue.</summary>
    public RecordingSender Sender(string name) => _senders.GetOrAdd(
        name, _ => new RecordingSender(journal) { Forward = message => Queue(name).Send(message) });

    public override ServiceBusSender CreateSender(string queueOrTopicName) => Sender(queueOrTopicName);

    public override ServiceBusReceiver CreateReceiver(string queueName) =>
        CreateReceiver(queueName, new ServiceBusReceiverOptions());

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions? options) =>
        new FakeReceiver(Of(queueName, options?.SubQueue ?? SubQueue.None), DeadLetters(queueName));

    FakeQueue Of(string name, SubQueue subQueue) => _queues.GetOrAdd((name, subQueue), _ => new FakeQueue(time));
}
