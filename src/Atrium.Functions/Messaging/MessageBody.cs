using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Messaging;

/// <summary>
/// The bytes of a queue's message, whichever AMQP type its body has. <see cref="ServiceBusReceivedMessage.Body"/>
/// throws on a body that has no data section, such as JMS and bridges send.
/// </summary>
internal static class MessageBody
{
    /// <summary>
    /// In bytes. A message of Service Bus Standard takes 256 KB, properties and all, and a copy has more of them.
    /// </summary>
    public const int MaxBytes = 192 * 1024;

    /// <returns>
    /// The bytes: data as they are, all segments of them, and a string as UTF-8. Otherwise a sentence that says what
    /// the body is instead.
    /// </returns>
    public static (BinaryData? Bytes, string? Fault) Read(ServiceBusReceivedMessage message)
    {
        var body = message.GetRawAmqpMessage().Body;
        return body.BodyType switch
        {
            AmqpMessageBodyType.Data => (message.Body, null),
            AmqpMessageBodyType.Value when body.TryGetValue(out var value) && value is string text =>
                (BinaryData.FromString(text), null),
            AmqpMessageBodyType.Value when body.TryGetValue(out var value) =>
                (null, Fault($"AMQP value of type {AmqpType.Of(value)}")),
            _ => (null, Fault("AMQP sequence")),
        };
    }

    /// <summary>The bytes of a message that is only shown; none if they cannot be read.</summary>
    public static ReadOnlyMemory<byte> BytesOf(ServiceBusReceivedMessage message) =>
        Read(message).Bytes?.ToMemory() ?? default;

    static string Fault(string found) =>
        $"The message's body is an {found}; it must be the JSON, as data or as one string.";
}
