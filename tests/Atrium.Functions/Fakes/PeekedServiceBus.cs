using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A namespace whose queues can be looked into; each is empty unless a test says what happens then.</summary>
sealed class PeekedServiceBus : ServiceBusClient
{
    /// <summary>What a look into a queue does; given the queue's name.</summary>
    public Func<string, CancellationToken, Task> Peek { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The queues looked into, as often as they were.</summary>
    public ConcurrentQueue<string> Peeked { get; } = new();

    /// <summary>How many receivers were made.</summary>
    public int Receivers { get; private set; }

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions options)
    {
        Receivers++;
        return new Receiver(this, queueName);
    }

    sealed class Receiver(PeekedServiceBus bus, string queue) : ServiceBusReceiver
    {
        public override async Task<ServiceBusReceivedMessage?> PeekMessageAsync(
            long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
        {
            bus.Peeked.Enqueue(queue);
            await bus.Peek(queue, cancellationToken);
            return null;
        }
    }
}
