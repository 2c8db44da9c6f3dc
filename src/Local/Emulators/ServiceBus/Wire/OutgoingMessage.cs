using Amqp;
using Amqp.Framing;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// Encodes a message for a receiver: the broker's header and annotations, then what the sender sent, byte for byte.
/// </summary>
internal static class OutgoingMessage
{
    /// <param name="content">The message as it was sent.</param>
    /// <param name="message">What the broker knows of it.</param>
    /// <param name="lockedUntil">Real time; null for a message that is only looked at, or is not locked.</param>
    public static ByteBuffer Encode(byte[] content, QueuedMessage message, DateTime? lockedUntil)
    {
        var sections = MessageSections.Scan(content);
        var result = new ByteBuffer(content.Length + 256, autoGrow: true);
        Header(AmqpBytes.Decode<Header>(content, sections.Header), message).Encode(result);
        var annotations = AmqpBytes.Decode<MessageAnnotations>(content, sections.MessageAnnotations)
            ?? new MessageAnnotations();
        Annotate(annotations, message, lockedUntil);
        annotations.Encode(result);
        AmqpBytes.Append(result, content.AsSpan(sections.Bare));
        return result;
    }

    static Header Header(Header? sent, QueuedMessage message)
    {
        const int DurableField = 0, PriorityField = 1;
        // The count must be there, a zero too: the .NET client fails without it.
        var header = new Header { DeliveryCount = (uint)message.DeliveryCount };
        if (sent?.HasField(DurableField) == true)
        {
            header.Durable = sent.Durable;
        }

        if (sent?.HasField(PriorityField) == true)
        {
            header.Priority = sent.Priority;
        }

        if (message.TimeToLive is { } ttl)
        {
            header.Ttl = (uint)Math.Clamp(ttl.TotalMilliseconds, 0, uint.MaxValue);
        }

        return header;
    }

    static void Annotate(MessageAnnotations annotations, QueuedMessage message, DateTime? lockedUntil)
    {
        foreach (var own in Annotations.BrokersOwn)
        {
            annotations.Map.Remove(own);
        }

        annotations[Annotations.EnqueuedTime] = message.EnqueuedAt;
        annotations[Annotations.SequenceNumber] = message.SequenceNumber;
        annotations[Annotations.EnqueueSequenceNumber] = 0L;
        annotations[Annotations.MessageState] = (int)message.State;
        if (lockedUntil is { } until)
        {
            annotations[Annotations.LockedUntil] = until;
        }
    }
}
