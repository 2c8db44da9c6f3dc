using Amqp;
using Amqp.Types;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// Between byte arrays and the library's buffers. Sections are encoded one by one: the library's Message.Encode adds a
/// body where there is none.
/// </summary>
internal static class AmqpBytes
{
    public static ByteBuffer Buffer(byte[] bytes) => new(bytes, 0, bytes.Length, bytes.Length);

    public static ReadOnlySpan<byte> Span(ByteBuffer buffer) => buffer.Buffer.AsSpan(buffer.Offset, buffer.Length);

    /// <summary>The decoded section, or null when there is none.</summary>
    public static T? Decode<T>(byte[] message, Range section)
        where T : RestrictedDescribed
    {
        var (offset, length) = section.GetOffsetAndLength(message.Length);
        return length == 0 ? null : Encoder.ReadObject(new ByteBuffer(message, offset, length, length)) as T;
    }

    public static void Append(ByteBuffer to, ReadOnlySpan<byte> bytes)
    {
        to.ValidateWrite(bytes.Length);
        bytes.CopyTo(to.Buffer.AsSpan(to.WritePos));
        to.Append(bytes.Length);
    }
}
