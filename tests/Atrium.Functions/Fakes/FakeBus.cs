using System.Collections.Concurrent;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A namespace's queues and dead-letter queues in memory, with their sending and receiving ends.</summary>
sealed class FakeBus(TimeProvider time, Journal? journal = null) : ServiceBusClient
{
    // As config.json declares them.
    const int ParkedDeliveries = 100;

    readonly ConcurrentDictionary<string, FakeQueue> _queues = new();
    readonly ConcurrentDictionary<string, RecordingSender> _senders = new();

    public FakeQueue Queue(string name) => _queues.GetOrAdd(name, _ => name == Queues.Parked
        ? new FakeQueue(time) { MaxDeliveryCount = ParkedDeliveries }
        : new FakeQueue(time));

    public FakeQueue DeadLetters(string name) => Queue(name).DeadLetters;

    /// <summary>The one sending end of a queue.</summary>
    public RecordingSender Sender(string name) => _senders.GetOrAdd(
        name, _ => new RecordingSender(journal) { Forward = message => Queue(name).Send(message) });

    public override ServiceBusSender CreateSender(string queueOrTopicName) => Sender(queueOrTopicName);

    public override ServiceBusReceiver CreateReceiver(string queueName) =>
        CreateReceiver(queueName, new ServiceBusReceiverOptions());

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions? options) =>
        new FakeReceiver(
            options?.SubQueue == SubQueue.DeadLetter ? DeadLetters(queueName) : Queue(queueName),
            DeadLetters(queueName));
}
