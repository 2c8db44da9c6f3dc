using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

/// <summary>A client that writes and reads single AMQP frames, for what no client library would do.</summary>
sealed class RawPeer : IAsyncDisposable
{
    const int HeaderSize = 8;

    /// <summary>The first of two handles that tests leave alone.</summary>
    const uint ClaimsHandle = 200;

    readonly TcpClient _client = new() { NoDelay = true };
    uint _deliveries;

    public static async Task<RawPeer> ConnectAsync(int port)
    {
        var peer = new RawPeer();
        await peer._client.ConnectAsync(IPAddress.Loopback, port);
        await peer.WriteAsync([(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 1, 0, 0]);
        await peer.ReadBytesAsync(HeaderSize);
        return peer;
    }

    /// <summary>Opens connection and session, and shows a token for the whole namespace.</summary>
    /// <returns>The id of the first transfer that will come.</returns>
    public async Task<uint> BeginAsync(uint incomingWindow = 2048)
    {
        await SendAsync(new Open { ContainerId = "raw", HostName = "localhost" });
        await SendAsync(new Begin { IncomingWindow = incomingWindow, OutgoingWindow = 2048, HandleMax = 255 });
        var first = (await ReadAsync<Begin>()).NextOutgoingId;
        await AttachReceiverAsync("$cbs", ClaimsHandle, replyTo: "claims");
        await AttachSenderAsync("$cbs", ClaimsHandle + 1);
        var token = SharedAccessSignature.Create("sb://localhost/");
        await SendMessageAsync(ClaimsHandle + 1, SharedAccessSignature.Put("sb://localhost/", token, "claims"));
        await FlowAsync(nextIncomingId: first, incomingWindow, deliveryCount: 0, credit: 1, handle: ClaimsHandle);
        await ReadAsync<Transfer>();
        return first + 1;
    }

    /// <summary>Attaches a receiver's link, without credit.</summary>
    public async Task AttachReceiverAsync(string address, uint handle = 0, string? replyTo = null)
    {
        await SendAsync(new Attach
        {
            LinkName = $"link-{handle}",
            Handle = handle,
            Role = true,
            Source = new Source { Address = address },
            Target = new Target { Address = replyTo },
        });
        await ReadAsync<Attach>();
    }

    /// <summary>Attaches a sender's link, and waits for its credit.</summary>
    public async Task AttachSenderAsync(string address, uint handle)
    {
        await SendAsync(new Attach
        {
            LinkName = $"link-{handle}",
            Handle = handle,
            Role = false,
            Source = new Source(),
            Target = new Target { Address = address },
        });
        await ReadAsync<Flow>();
    }

    public Task FlowAsync(uint deliveryCount, uint credit, bool drain = false) =>
        FlowAsync(nextIncomingId: 0, int.MaxValue, deliveryCount, credit, drain);

    public Task FlowAsync(
        uint nextIncomingId, uint incomingWindow, uint deliveryCount, uint credit, bool drain = false,
        uint handle = 0) =>
        SendAsync(new Flow
        {
            NextIncomingId = nextIncomingId,
            IncomingWindow = incomingWindow,
            NextOutgoingId = 0,
            OutgoingWindow = 2048,
            Handle = handle,
            DeliveryCount = deliveryCount,
            LinkCredit = credit,
            Drain = drain,
        });

    public Task SendMessageAsync(uint handle, Message message)
    {
        var encoded = message.Encode();
        var tag = BitConverter.GetBytes(_deliveries);
        var transfer = new Transfer { Handle = handle, DeliveryId = _deliveries++, DeliveryTag = tag, Settled = true };
        return SendAsync(transfer, encoded.Buffer.AsMemory(encoded.Offset, encoded.Length));
    }

    public async Task SendAsync(DescribedList command, ReadOnlyMemory<byte> payload = default)
    {
        var body = new ByteBuffer(256, autoGrow: true);
        command.Encode(body);
        var frame = new byte[HeaderSize + body.Length + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        frame[4] = 2;
        body.Buffer.AsSpan(body.Offset, body.Length).CopyTo(frame.AsSpan(HeaderSize));
        payload.Span.CopyTo(frame.AsSpan(HeaderSize + body.Length));
        await WriteAsync(frame);
    }

    /// <summary>The next frame of this kind; others before it are passed over.</summary>
    public async Task<T> ReadAsync<T>()
        where T : DescribedList
    {
        while (true)
        {
            if (await ReadAsync() is T wanted)
            {
                return wanted;
            }
        }
    }

    /// <summary>The next frame, or null for an empty one.</summary>
    public async Task<DescribedList?> ReadAsync()
    {
        var size = BinaryPrimitives.ReadInt32BigEndian(await ReadBytesAsync(sizeof(int)));
        var rest = await ReadBytesAsync(size - sizeof(int));
        var (start, length) = (HeaderSize - sizeof(int), size - HeaderSize);
        return length == 0 ? null : (DescribedList)Encoder.ReadObject(new ByteBuffer(rest, start, length, length));
    }

    public async Task WriteAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task<byte[]> ReadBytesAsync(int count)
    {
        var bytes = new byte[count];
        await _client.GetStream().ReadExactlyAsync(bytes).AsTask().Soon();
        return bytes;
    }
}
