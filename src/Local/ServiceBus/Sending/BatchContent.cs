using Amqp;

namespace Azure.Messaging.ServiceBus;

/// <summary>What a batch holds.</summary>
internal abstract class BatchContent
{
    public abstract long MaxSizeInBytes { get; }

    public abstract long SizeInBytes { get; }

    public abstract int Count { get; }

    public abstract bool TryAdd(ServiceBusMessage message);

    public abstract Message ToAmqp();
}
