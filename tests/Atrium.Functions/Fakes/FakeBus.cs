using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A namespace's queues and dead-letter queues in memory, with their sending and receiving ends.</summary>
sealed class FakeBus(TimeProvider time) : ServiceBusClient
{
    readonly ConcurrentDictionary<(string Queue, SubQueue SubQueue), FakeQueue> _queues = new();

    public FakeQueue Queue(string name) => Of(name, SubQueue.None);

    public FakeQueue DeadLetters(string name) => Of(name, SubQueue.DeadLetter);

    public override ServiceBusSender CreateSender(string queueOrTopicName) =>
        new RecordingSender { Forward = message => Queue(queueOrTopicName).Send(message) };

    public override ServiceBusReceiver CreateReceiver(string queueName) =>
        CreateReceiver(queueName, new ServiceBusReceiverOptions());

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions? options) =>
        new FakeReceiver(Of(queueName, options?.SubQueue ?? SubQueue.None), DeadLetters(queueName));

    FakeQueue Of(string name, SubQueue subQueue) => _queues.GetOrAdd((name, subQueue), _ => new FakeQueue(time));
}
