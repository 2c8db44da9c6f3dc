using System.Buffers.Binary;
using Amqp;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>The positions of the sections in an encoded message. The body is not read.</summary>
internal readonly record struct MessageSections(
    Range Header, Range MessageAnnotations, Range Properties, Range ApplicationProperties, int Bare, int Body)
{
    const int HeaderCode = 0x70, DeliveryAnnotationsCode = 0x71, MessageAnnotationsCode = 0x72, PropertiesCode = 0x73,
        ApplicationPropertiesCode = 0x74;
    const int FirstBodyCode = 0x75, LastCode = 0x78;

    /// <exception cref="AmqpException">The bytes are no message (amqp:decode-error).</exception>
    public static MessageSections Scan(ReadOnlySpan<byte> message)
    {
        Range header = default, annotations = default, properties = default, applicationProperties = default;
        int at = 0, last = 0, bare = -1;
        while (at < message.Length)
        {
            var code = Code(message, at, out var value);
            if (code <= last || code is < HeaderCode or > LastCode)
            {
                throw Malformed("its sections are out of order or unknown");
            }

            bare = bare < 0 && code >= PropertiesCode ? at : bare;
            if (code >= FirstBodyCode)
            {
                break;
            }

            var end = End(message, value);
            switch (code)
            {
                case HeaderCode: header = at..end; break;
                case DeliveryAnnotationsCode: break;
                case MessageAnnotationsCode: annotations = at..end; break;
                case PropertiesCode: properties = at..end; break;
                case ApplicationPropertiesCode: applicationProperties = at..end; break;
            }

            (at, last) = (end, code);
        }

        return new MessageSections(header, annotations, properties, applicationProperties, bare < 0 ? at : bare, at);
    }

    static int Code(ReadOnlySpan<byte> message, int at, out int value)
    {
        // A described type (0x00) whose descriptor is a small (0x53) or full (0x80) ulong.
        if (message[at] == 0 && at + 2 < message.Length && message[at + 1] == 0x53)
        {
            value = at + 3;
            return message[at + 2];
        }

        if (message[at] == 0 && at + 9 < message.Length && message[at + 1] == 0x80)
        {
            value = at + 10;
            return (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt64BigEndian(message[(at + 2)..]));
        }

        throw Malformed("a section does not begin with its descriptor");
    }

    static int End(ReadOnlySpan<byte> message, int value)
    {
        long end = value >= message.Length ? long.MaxValue : message[value] switch
        {
            0x45 => value + 1,
            0xc0 or 0xc1 when value + 1 < message.Length => value + 2 + message[value + 1],
            0xd0 or 0xd1 when value + 4 < message.Length => value + 5L
                + BinaryPrimitives.ReadUInt32BigEndian(message[(value + 1)..]),
            _ => long.MaxValue,
        };
        return end <= message.Length ? (int)end : throw Malformed("a section is cut short");
    }

    static AmqpException Malformed(string why) => new(ErrorCode.DecodeError, $"The message cannot be decoded: {why}.");
}
