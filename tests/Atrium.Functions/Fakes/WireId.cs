using Azure.Core.Amqp;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A message's id as the client gives it out when another client sent it as a type of its own.</summary>
static class WireId
{
    /// <param name="id">A string, uuid, ulong or binary (AMQP 1.0, section 3.2.11).</param>
    public static AmqpMessageId Of(MessageId id)
    {
        using var sent = AmqpMessage.Create(new Data { Value = new ArraySegment<byte>([]) });
        sent.Properties.MessageId = id;
        var bytes = sent.GetPayload().SelectMany(part => part).ToArray();
        return AmqpAnnotatedMessage.FromBytes(BinaryData.FromBytes(bytes)).Properties.MessageId!.Value;
    }
}
