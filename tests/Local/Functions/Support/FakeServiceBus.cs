using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Functions.Tests.Support;

/// <summary>A namespace with one queue, whatever it is called.</summary>
sealed class FakeServiceBus(FakeReceiver receiver) : ServiceBusClient
{
    public bool Closed { get; private set; }

    public string? Queue { get; private set; }

    public ServiceBusReceiverOptions? Options { get; private set; }

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions? options)
    {
        (Queue, Options) = (queueName, options);
        return receiver;
    }

    public override ValueTask DisposeAsync()
    {
        Closed = true;
        return base.DisposeAsync();
    }
}
