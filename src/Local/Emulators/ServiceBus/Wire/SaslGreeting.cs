using System.Buffers.Binary;
using Amqp;
using Amqp.Sasl;
using Amqp.Types;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// The server's half of SASL, which lets everybody in: who a client is, it says afterwards, to $cbs. Done here and not
/// by the library, which sends its own AMQP header right behind the outcome: when both arrive in one read, the
/// JavaScript client keeps the header until more bytes come, which never do. So a connection is handed on only when the
/// client has sent its header.
/// </summary>
internal static class SaslGreeting
{
    const int HeaderSize = 8;

    /// <summary>AMQP asks that SASL frames be at most this long.</summary>
    const int MaxFrameSize = 512;

    const byte SaslFrame = 1;

    static readonly Symbol[] Mechanisms = ["MSSBCBS", "ANONYMOUS"];

    static ReadOnlySpan<byte> SaslHeader => [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 3, 1, 0, 0];

    /// <returns>Whether the client is ready to open a connection.</returns>
    public static async Task<bool> ExchangeAsync(SocketTransport transport, CancellationToken cancellationToken)
    {
        var header = await transport.PeekAsync(HeaderSize, cancellationToken);
        if (header.IsEmpty)
        {
            return false;
        }

        if (!header.Span[..HeaderSize].SequenceEqual(SaslHeader))
        {
            // No SASL: the library judges what else it may be.
            return true;
        }

        transport.Consume(HeaderSize);
        await transport.WriteAsync(
            (byte[])[.. SaslHeader, .. Frame(new SaslMechanisms { SaslServerMechanisms = Mechanisms })],
            cancellationToken);
        var code = await ReadInitAsync(transport, cancellationToken) is { } init && Mechanisms.Contains(init.Mechanism)
            ? SaslCode.Ok
            : SaslCode.Auth;
        await transport.WriteAsync(Frame(new SaslOutcome { Code = code }), cancellationToken);
        return code == SaslCode.Ok && !(await transport.PeekAsync(HeaderSize, cancellationToken)).IsEmpty;
    }

    static async Task<SaslInit?> ReadInitAsync(SocketTransport transport, CancellationToken cancellationToken)
    {
        var start = await transport.PeekAsync(HeaderSize, cancellationToken);
        var size = start.IsEmpty ? 0 : BinaryPrimitives.ReadInt32BigEndian(start.Span);
        if (size is <= HeaderSize or > MaxFrameSize)
        {
            return null;
        }

        var frame = await transport.PeekAsync(size, cancellationToken);
        if (frame.IsEmpty)
        {
            return null;
        }

        var body = frame[HeaderSize..size].ToArray();
        transport.Consume(size);
        return Encoder.ReadObject(AmqpBytes.Buffer(body)) as SaslInit;
    }

    static byte[] Frame(DescribedList command)
    {
        const byte dataOffset = 2;
        var buffer = new ByteBuffer(128, autoGrow: true);
        AmqpBytes.Append(buffer, [0, 0, 0, 0, dataOffset, SaslFrame, 0, 0]);
        command.Encode(buffer);
        var frame = AmqpBytes.Span(buffer).ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        return frame;
    }
}
