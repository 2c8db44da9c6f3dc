using System.IO.Compression;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Egress;

public sealed class EgressClientBodyTests
{
    [Fact]
    public async Task Reads_a_chunked_body()
    {
        var exchange = await AnsweredAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n");

        Assert.Equal("Wikipedia", exchange.Body.Text());
        Assert.False(exchange.Body.Truncated);
    }

    [Fact]
    public async Task Reads_a_body_that_ends_with_the_connection()
    {
        await using var receiver = RawReceiver.Start(connection => connection.AnswerAsync("HTTP/1.0 200 OK\r\n\r\nall of it"));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal(("all of it", false, null), (exchange.Body.Text(), exchange.Body.Truncated, exchange.Error));
    }

    [Fact]
    public async Task Keeps_16_KiB_of_body_whole()
    {
        var exchange = await AnsweredAsync($"HTTP/1.1 200 OK\r\nContent-Length: 16384\r\n\r\n{new string('a', 16384)}");

        Assert.Equal((16384, false), (exchange.Body.Bytes.Length, exchange.Body.Truncated));
    }

    [Theory]
    [InlineData("Content-Length: 9000000000\r\n\r\n")]
    [InlineData("\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n")]
    public async Task Keeps_the_first_16_KiB_of_a_longer_body_and_closes_on_the_rest(string framing)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync("HTTP/1.1 200 OK\r\n" + framing + new string('a', 16385));
            await connection.UntilClosedAsync();
            closed.SetResult();
        });
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.True(exchange.Succeeded);
        Assert.Null(exchange.Error);
        Assert.Equal((16384, true), (exchange.Body.Bytes.Length, exchange.Body.Truncated));
        await closed.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Would_rather_connect_again_than_read_the_rest_of_a_long_body()
    {
        await using var receiver = RawReceiver.Answering($"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n{new string('a', 20000)}");
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        await rig.SendAsync(receiver.Url);

        Assert.Equal(2, receiver.Connections);
    }

    [Fact]
    public async Task Does_not_inflate_a_compressed_body()
    {
        var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[1_000_000]);
        }

        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {bomb.Length}\r\n\r\n");
            await connection.WriteAsync(bomb.ToArray());
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal(bomb.ToArray(), exchange.Body.Bytes.ToArray());
        Assert.Null(Assert.Single(receiver.Requests).Header("Accept-Encoding"));
    }

    static async Task<Exchange> AnsweredAsync(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);
        using var rig = new EgressRig();
        return await rig.SendAsync(receiver.Url);
    }
}
