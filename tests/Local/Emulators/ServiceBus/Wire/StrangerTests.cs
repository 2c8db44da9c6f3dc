using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Amqp;
using Amqp.Framing;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

/// <summary>Whatever comes to the port, from whomever, the emulator goes on for the others.</summary>
public sealed class StrangerTests
{
    const int Strangers = 300;
    const int MostBytes = 2000;

    static readonly byte[] Amqp = [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 1, 0, 0];
    static readonly byte[] Sasl = [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 3, 1, 0, 0];

    [Fact]
    public async Task Rubbish_at_any_stage_costs_no_more_than_its_own_connection()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        var random = new Random(1);
        List<TcpClient> open = [];
        for (var i = 0; i < Strangers; i++)
        {
            var stranger = new TcpClient();
            await stranger.ConnectAsync(IPAddress.Loopback, emulator.Emulator.Port);
            await stranger.GetStream().WriteAsync(Rubbish(random));
            switch (random.Next(3))
            {
                case 0:
                    // Stays, and says no more.
                    open.Add(stranger);
                    break;
                case 1:
                    // Goes without a word.
                    stranger.Client.Close(0);
                    break;
                default:
                    // Says that it will say no more.
                    stranger.Client.Shutdown(SocketShutdown.Send);
                    open.Add(stranger);
                    break;
            }
        }

        await peer.SendAsync("deliveries", AmqpPeer.Text("body"));
        await using var another = await emulator.ConnectAsync();
        Assert.Equal("body", (await another.ReceiveAsync("deliveries")).Body);
        open.ForEach(stranger => stranger.Dispose());
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(7)]
    public async Task A_frame_of_an_impossible_size_ends_the_connection(int size)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var raw = await RawPeer.ConnectAsync(emulator.Emulator.Port);
        var frame = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(frame, size);
        frame[4] = 2;

        await raw.WriteAsync(frame);

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await raw.ReadAsync();
            }
        });
    }

    static byte[] Rubbish(Random random)
    {
        var bytes = new byte[random.Next(MostBytes)];
        random.NextBytes(bytes);
        return random.Next(5) switch
        {
            0 => bytes,
            1 => [.. Sasl, .. bytes],
            2 => [.. Amqp, .. bytes],
            3 => [.. Amqp, .. OpenFrame(), .. bytes],
            // A frame that is cut short.
            _ => [.. Amqp, .. OpenFrame()[..random.Next(8, 20)]],
        };
    }

    static byte[] OpenFrame()
    {
        var body = new ByteBuffer(128, autoGrow: true);
        new Open { ContainerId = "stranger", HostName = "localhost" }.Encode(body);
        var frame = new byte[8 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        frame[4] = 2;
        body.Buffer.AsSpan(body.Offset, body.Length).CopyTo(frame.AsSpan(8));
        return frame;
    }
}
