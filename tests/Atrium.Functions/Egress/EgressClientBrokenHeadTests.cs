using System.Text;
using Atrium.Functions.Egress;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

/// <summary>An answer that has a status, and headers that are not sound: what can be read counts.</summary>
public sealed class EgressClientBrokenHeadTests
{
    const string Early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

    static readonly string Long = new('a', 20_000);

    [Theory]
    [InlineData("no colon here")]
    [InlineData(": no name")]
    [InlineData("Two words: x")]
    [InlineData("Content Length: 2")]
    [InlineData("<br>Warning: mysql_connect()")]
    public async Task A_line_that_is_no_header_takes_nothing_from_the_others(string line)
    {
        var delivered = await AnsweredAsync($"HTTP/1.1 202 Fine\r\nX-Fine: 1\r\n{line}\r\nX-Last: 2\r\n\r\n");
        var interim = await AnsweredAsync($"{Early}HTTP/1.1 204 No Content\r\n{line}\r\n\r\n");
        var moved = await AnsweredAsync($"HTTP/1.1 307 Moved\r\n{line}\r\nLocation: https://example.com/key\r\n\r\n");
        var failed = await AnsweredAsync($"HTTP/1.1 503 No\r\n{line}\r\nRetry-After: 120\r\n\r\n");

        Assert.Equal((true, 202, ErrorClass.Http), (delivered.Succeeded, delivered.Status, delivered.Error));
        Assert.Equal([new("X-Fine", "1"), new("X-Last", "2")], delivered.Headers);
        Assert.Equal((true, 204), (interim.Succeeded, interim.Status));
        Assert.Equal("https://example.com/key", moved.Location);
        Assert.Equal(
            (false, 503, ErrorClass.Http, TimeSpan.FromSeconds(120)),
            (failed.Succeeded, failed.Status, failed.Error, failed.RetryAfter));
        Assert.Equal(Explanation.Answered(202, null, "") + Explanation.HeaderBroken, delivered.Explanation);
        Assert.Equal(Explanation.Answered(503, null, "") + Explanation.HeaderBroken, failed.Explanation);
        Assert.StartsWith("307 to https://example.com: ", moved.Explanation, StringComparison.Ordinal);
        Assert.EndsWith(Explanation.HeaderBroken, moved.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Retry-After: 7\r\n")]
    [InlineData("retry-after:7\n")]
    [InlineData("Retry-After:\t 7 \r\n")]
    [InlineData("Retry-After:\r\n 7\r\n")]
    [InlineData("Retry-After: 7\r\nRetry-After : 9\r\n")]
    [InlineData("Retry-After\r\nX-A: 1\r\nRetry-After: 7\r\n")]
    public async Task A_wait_asked_for_beside_a_line_that_is_none_is_heeded(string lines) => Assert.Equal(
        TimeSpan.FromSeconds(7), (await AnsweredAsync($"HTTP/1.1 429 Slow\r\nno header\r\n{lines}\r\n")).RetryAfter);

    [Fact]
    public async Task A_header_that_comes_later_than_the_line_that_is_none_is_read_as_well()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync("HTTP/1.1 503 No\r\nno header\r\n");
            await connection.WriteAsync($"Content-Security-Policy: {new string('a', 6_000)}\r\n");
            await connection.WriteAsync("Retry-After: 120\r\n");
            await connection.WriteAsync("\r\nno body");
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();

        Assert.Equal(TimeSpan.FromSeconds(120), (await rig.SendAsync(receiver.Url)).RetryAfter);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Headers_beyond_16_KiB_change_nothing_about_the_status(int status)
    {
        var one = await AnsweredAsync($"HTTP/1.1 {status} Well\r\nRetry-After: 60\r\nX-Huge: {Long}\r\n\r\n");
        var many = await AnsweredAsync(
            $"HTTP/1.1 {status} Well\r\nRetry-After: 60\r\n"
            + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"X-{i}: {i}\r\n")) + "Content-Length: 0\r\n\r\n");
        var reason = await AnsweredAsync($"HTTP/1.1 {status} {Long}\r\n\r\n");

        var said = Explanation.Answered(status, null, "") + Explanation.HeadersTooLong(16);
        Assert.All([one, many, reason], exchange => Assert.Equal(
            (status == 200, status, ErrorClass.Http, said),
            (exchange.Succeeded, exchange.Status, exchange.Error, exchange.Explanation)));
        Assert.All([one, many], exchange => Assert.Equal(TimeSpan.FromMinutes(1), exchange.RetryAfter));
        Assert.Equal(ResponseHeaders.MaxKept, many.Headers.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 ", 200)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", 200)]
    [InlineData(Early + "HTTP/1.0 204 No Content\r\nX: y\r\n", 204)]
    [InlineData("HTTP/1.1 503 No\r\nRetry-After: 5\r\nRetry-Af", 503)]
    public async Task A_connection_that_ends_among_the_headers_changes_nothing_about_the_status(string head, int status)
    {
        await using var receiver = RawReceiver.Start(connection => connection.AnswerAsync(head));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal(
            (status, ErrorClass.Http, Explanation.Answered(status, null, "") + Explanation.HeadersUnfinished),
            (exchange.Status, exchange.Error, exchange.Explanation));
    }

    [Fact]
    public async Task A_custom_header_that_comes_back_there_is_hidden()
    {
        await using var receiver = RawReceiver.Answering("HTTP/1.1 500 No\r\nX-Sent: s3cret-token\r\nnone\r\n\r\n");
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(new OutgoingRequest(receiver.Url, "msg_1", 1, "{}"u8.ToArray())
        {
            CustomHeaders = new Dictionary<string, string> { ["X-Key"] = "s3cret-token" },
        });

        Assert.Equal("***", Assert.Single(exchange.Headers).Value);
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_looked_at_without_a_fault() => Gen.OneOf(
        Gen.Byte.Array[0, 60].Select(Encoding.Latin1.GetString),
        Gen.OneOfConst(
            "HTTP/1.1 200 OK\r\n", "HTTP/1.1 103 \r\n", "HTTP/1.0 999\n", "HTTP/1.", "\r\n", "\n", "\r", " ", "a: b",
            ":", "Content-Length: -1\r\n", "Content-Type: \xff\r\n", "Retry-After: 1\r\n", "\0").Array[0, 12]
            .Select(string.Concat))
        .Sample(text =>
        {
            var bytes = Encoding.Latin1.GetBytes(text);
            using var response = ResponseHead.Read(bytes);
            Assert.True(response is not null || !HeadScan.None.Over(bytes).IsUnfinished(bytes));
            Assert.InRange((int?)response?.StatusCode ?? 200, 101, 999);
        });

    static async Task<Exchange> AnsweredAsync(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);
        using var rig = new EgressRig();
        return await rig.SendAsync(receiver.Url);
    }
}
