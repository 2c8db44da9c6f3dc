using Amqp;
using Azure.Messaging.ServiceBus.Wire;

namespace Azure.Messaging.ServiceBus;

/// <summary>A test's batch: it keeps the messages where the test can see them, and believes the sizes it is told.</summary>
internal sealed class ListedBatch(long sizeInBytes, IList<ServiceBusMessage> messages, long maxSizeInBytes, Func<ServiceBusMessage, bool> fits) : BatchContent
{
    public override long MaxSizeInBytes => maxSizeInBytes;

    public override long SizeInBytes => sizeInBytes;

    public override int Count => messages.Count;

    public override bool TryAdd(ServiceBusMessage message)
    {
        if (!fits(message)) return false;
        messages.Add(message);
        return true;
    }

    public override Message ToAmqp() => MessageEncoder.Envelope([.. messages], TimeProvider.System.GetUtcNow().UtcDateTime);
}
