using Amqp;
using Amqp.Framing;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// The one section of the bare message that the broker ever rewrites; all around it stays byte for byte.
/// </summary>
internal static class ApplicationPropertySection
{
    public static byte[] Merge(byte[] message, PropertyChanges changes)
    {
        var sections = MessageSections.Scan(message);
        var properties = AmqpBytes.Decode<ApplicationProperties>(message, sections.ApplicationProperties)
            ?? new ApplicationProperties();
        foreach (var (name, value) in changes)
        {
            properties[name] = value;
        }

        var (offset, length) = sections.ApplicationProperties.GetOffsetAndLength(message.Length);
        var start = length == 0 ? sections.Body : offset;
        var result = new ByteBuffer(message.Length + 256, autoGrow: true);
        AmqpBytes.Append(result, message.AsSpan(0, start));
        properties.Encode(result);
        AmqpBytes.Append(result, message.AsSpan(start + length));
        return AmqpBytes.Span(result).ToArray();
    }
}
