using System.Net;
using System.Net.Sockets;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Egress;

public sealed class EgressClientFailureTests
{
    [Fact]
    public async Task Says_refused_when_nothing_listens()
    {
        // Bound, so that nobody else gets the port, and not listening.
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)bound.LocalEndPoint!).Port;
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync($"http://127.0.0.1:{port}/");

        Assert.Equal((null, ErrorClass.Refused), (exchange.Status, exchange.Error));
        Assert.Contains($"nothing listens on port {port}", exchange.Explanation, StringComparison.Ordinal);
        Assert.Equal(IPAddress.Loopback, exchange.RemoteAddress);
        Assert.Null(exchange.Timings.Connect);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n")]
    public async Task Says_reset_when_the_connection_ends_before_there_is_a_status(string beginning)
    {
        await using var receiver = RawReceiver.Start(connection => connection.AnswerAsync(beginning));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal((null, ErrorClass.Reset), (exchange.Status, exchange.Error));
    }

    [Fact]
    public async Task Says_reset_when_the_connection_is_reset()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal((null, ErrorClass.Reset), (exchange.Status, exchange.Error));
        Assert.Equal(1, receiver.Connections);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n")]
    [InlineData("HTTP/1.1 abc Fine\r\n\r\n")]
    [InlineData("HTTP/1.1 200OK\r\nno colon here\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\nno colon here\r\n\r\n")]
    public async Task Says_http_when_the_answer_is_not_HTTP(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal(
            (null, ErrorClass.Http, FailureCause.NotHttp), (exchange.Status, exchange.Error, exchange.Cause));
        Assert.Contains("not HTTP/1.1", exchange.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: {0}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("{0}")]
    public async Task Says_http_when_16_KiB_have_no_status(string answer)
    {
        var exchange = await AnsweredAsync(answer.Replace("{0}", new string('a', 20_000), StringComparison.Ordinal));

        Assert.Equal((null, ErrorClass.Http, Explanation.NoStatus("127.0.0.1", 16)),
            (exchange.Status, exchange.Error, exchange.Explanation));
    }

    [Fact]
    public async Task Counts_a_2xx_as_delivered_though_its_body_breaks_off()
    {
        await using var receiver = RawReceiver.Start(
            connection => connection.AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.True(exchange.Succeeded);
        Assert.Equal(
            (ErrorClass.Body, "only this", true), (exchange.Error, exchange.Body.Text(), exchange.Body.Truncated));
    }

    [Fact]
    public async Task Counts_a_2xx_as_delivered_though_its_chunks_are_garbage()
    {
        await using var receiver = RawReceiver.Start(
            connection => connection.AnswerAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n"));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal((true, ErrorClass.Body), (exchange.Succeeded, exchange.Error));
    }

    [Fact]
    public async Task Keeps_the_status_s_error_when_a_failure_s_body_breaks_off()
    {
        await using var receiver = RawReceiver.Start(
            connection => connection.AnswerAsync("HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nonly this"));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal((500, ErrorClass.Http, "only this"), (exchange.Status, exchange.Error, exchange.Body.Text()));
    }

    [Theory]
    [InlineData("\0\0\x12\x04\0\0\0\0\0" + "\0\x03\0\0\0\x64" + "\0\x04\0\x01\0\0" + "\0\x05\0\0\x40\0")]
    [InlineData("\0\0\0\x04\0\0\0\0\0" + "\0\0\x08\x07\0\0\0\0\0" + "\0\0\0\0\0\0\0\x01")]
    public async Task Names_HTTP_2_where_it_is_what_the_receiver_speaks(string frames)
    {
        await using var receiver = RawReceiver.Start(connection => connection.AnswerAsync(frames));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal(
            (null, ErrorClass.Http, FailureCause.Http2Only, Explanation.OnlyHttp2("127.0.0.1")),
            (exchange.Status, exchange.Error, exchange.Cause, exchange.Explanation));
    }

    [Fact]
    public async Task Makes_one_request_of_one_attempt_on_a_fresh_connection_whatever_fails()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal((ErrorClass.Reset, false), (exchange.Error, exchange.Resent));
        Assert.Single(receiver.Requests);
    }

    static async Task<Exchange> AnsweredAsync(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);
        using var rig = new EgressRig();
        return await rig.SendAsync(receiver.Url);
    }
}
