using Amqp;
using Amqp.Framing;
using Azure.Messaging.ServiceBus.Wire;

namespace Azure.Messaging.ServiceBus;

/// <summary>Messages in the form in which they will be sent, so that their size is the real one.</summary>
internal sealed class EncodedBatch(long maxSizeInBytes, TimeProvider time) : BatchContent
{
    readonly DataList _sections = new();
    Message? _envelope;
    long _size;

    public override long MaxSizeInBytes => maxSizeInBytes;

    public override long SizeInBytes => _size;

    public override int Count => _sections.Count;

    public override bool TryAdd(ServiceBusMessage message)
    {
        var encoded = MessageEncoder.Encode(message.Content, time.GetUtcNow().UtcDateTime);
        var envelope = _envelope ?? MessageEncoder.EmptyEnvelope(message.Content);
        var size = (_envelope is null ? MessageEncoder.SizeOfSections(envelope) : _size) + MessageEncoder.SizeOfDataSection(encoded.Length);
        if (size > maxSizeInBytes) return false;
        _envelope = envelope;
        _size = size;
        _sections.Add(new Data { Buffer = encoded });
        return true;
    }

    public override Message ToAmqp()
    {
        var envelope = _envelope ?? throw new InvalidOperationException("An empty batch has no envelope.");
        // A message of AMQPNetLite belongs to one delivery; a second try needs one of its own.
        return new Message
        {
            Format = MessageEncoder.BatchFormat,
            Properties = envelope.Properties,
            MessageAnnotations = envelope.MessageAnnotations,
            BodySection = _sections,
        };
    }
}
