using Amqp;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>A received message as the bytes it came in; the library decodes none of it.</summary>
internal sealed class RawMessage(byte[] bytes) : Message
{
    public byte[] Bytes => bytes;
}
