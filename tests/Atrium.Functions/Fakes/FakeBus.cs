using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A namespace's queues and dead-letter queues in memory, as far as they are received from.</summary>
sealed class FakeBus(TimeProvider time) : ServiceBusClient
{
    readonly ConcurrentDictionary<(string Queue, SubQueue SubQueue), FakeQueue> _queues = new();

    public FakeQueue Queue(string name) => Of(name, SubQueue.None);

    public FakeQueue DeadLetters(string name) => Of(name, SubQueue.DeadLetter);

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions? options) =>
        new FakeReceiver(Of(queueName, options?.SubQueue ?? SubQueue.None));

    FakeQueue Of(string name, SubQueue subQueue) => _queues.GetOrAdd((name, subQueue), _ => new FakeQueue(time));
}
