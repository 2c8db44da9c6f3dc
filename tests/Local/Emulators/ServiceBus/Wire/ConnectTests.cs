using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public class ConnectTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("AMQP\u0003\u0001\u0000\u0000\u007f\u007f\u007f\u007f\u0002\u0001\u0000\u0000 not a frame")]
    [InlineData("AMQP\u0003\u0001\u0000\u0000\u0000\u0000\u0000\u0010\u0002\u0001\u0000\u0000 garbage")]
    public async Task Whoever_speaks_something_else_loses_the_connection_and_nobody_else_does(string said)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(IPAddress.Loopback, emulator.Emulator.Port);

        await stranger.GetStream().WriteAsync(Encoding.Latin1.GetBytes(said));

        await EndAsync(stranger.GetStream());
        await peer.SendAsync("deliveries", AmqpPeer.Text("body"));
    }

    [Fact]
    public async Task Many_clients_connect_at_the_same_time()
    {
        await using var emulator = await RunningEmulator.StartAsync();

        var peers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => emulator.ConnectAsync()));

        await Task.WhenAll(peers.Select(p => p.SendAsync("deliveries", AmqpPeer.Text("body"))));
        Assert.Equal(20, (await peers[0].PeekAsync("deliveries")).Count);
        foreach (var peer in peers)
        {
            await peer.DisposeAsync();
        }
    }

    static async Task EndAsync(NetworkStream stream)
    {
        var buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Closed with what was said unread: a reset.
        }
    }
}
