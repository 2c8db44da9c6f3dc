using System.IO.Compression;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Egress;

public sealed class EgressClientBodyTests
{
    [Fact]
    public async Task Reads_a_chunked_body()
    {
        var exchange = await AnsweredAsync(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n");

        Assert.Equal("Wikipedia", exchange.Body.Text());
        Assert.False(exchange.Body.Truncated);
    }

    [Fact]
    public async Task Reads_a_body_that_ends_with_the_connection()
    {
        await using var receiver = RawReceiver.Start(
            connection => connection.AnswerAsync("HTTP/1.0 200 OK\r\n\r\nall of it"));
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
        await closed.Task.Soon();
    }

    [Fact]
    public async Task Would_rather_connect_again_than_read_the_rest_of_a_long_body()
    {
        await using var receiver = RawReceiver.Answering(
            $"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n{new string('a', 20000)}");
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        await rig.SendAsync(receiver.Url);

        Assert.Equal(2, receiver.Connections);
    }

    [Fact]
    public async Task Asks_for_no_compression()
    {
        await using var receiver = RawReceiver.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);

        Assert.Null(Assert.Single(receiver.Requests).Header("Accept-Encoding"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("X-GZip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Reads_a_body_that_was_compressed_unasked(string coding)
    {
        var exchange = await AnsweredAsync(coding, Compressed(coding, "no such événement 😀"u8));

        Assert.Equal((400, "no such événement 😀", false),
            (exchange.Status, exchange.Body.Text(), exchange.Body.Truncated));
        Assert.Equal(Explanation.Answered(400, null, ""), exchange.Explanation);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Inflates_no_more_than_16_KiB(string coding)
    {
        var exchange = await AnsweredAsync(coding, Compressed(coding, new byte[10_000_000]));

        Assert.Equal((16384, true), (exchange.Body.Bytes.Length, exchange.Body.Truncated));
    }

    [Fact]
    public async Task Reads_the_beginning_of_a_compressed_body_that_is_longer_than_what_is_read()
    {
        var noise = new byte[30_000];
        new Random(1).NextBytes(noise);
        var exchange = await AnsweredAsync("gzip", Compressed("gzip", [.. "It begins here. "u8, .. noise]));

        Assert.StartsWith("It begins here. ", exchange.Body.Text(), StringComparison.Ordinal);
        Assert.True(exchange.Body.Truncated);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Says_so_of_a_body_that_cannot_be_decompressed_and_keeps_nothing_of_it(string coding)
    {
        var exchange = await AnsweredAsync(coding, [0x28, 0xB5, 0x2F, 0xFD, 0xFF, 0xFF, 0xFF]);

        Assert.Equal((400, ErrorClass.Http), (exchange.Status, exchange.Error));
        Assert.Equal(Explanation.Answered(400, null, "") + Explanation.Unreadable, exchange.Explanation);
        Assert.True(exchange.Body.Bytes.IsEmpty);
    }

    [Fact]
    public async Task Says_so_of_a_body_that_needs_a_dictionary()
    {
        // RFC 1950, section 2.2: the flag FDICT.
        var exchange = await AnsweredAsync("deflate", [0x78, 0xBB, 1, 2, 3, 4, 5, 6]);

        Assert.Equal((400, Explanation.Answered(400, null, "") + Explanation.Unreadable),
            (exchange.Status, exchange.Explanation));
    }

    [Fact]
    public async Task Minds_no_coding_of_a_body_that_is_empty() =>
        Assert.Equal(Explanation.Answered(400, null, ""), (await AnsweredAsync("zstd", [])).Explanation);

    [Fact]
    public async Task Hides_a_custom_header_that_comes_back_compressed()
    {
        await using var receiver = Sending("gzip", Compressed("gzip", "You sent s3cret-token."u8));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(new OutgoingRequest(receiver.Url, "msg_1", 1, "{}"u8.ToArray())
        {
            CustomHeaders = new Dictionary<string, string> { ["X-Key"] = "s3cret-token" },
        });

        Assert.Equal("You sent ***.", exchange.Body.Text());
    }

    [Theory]
    [InlineData("EFBBBF7BC3A97D")]
    [InlineData("FFFE7B00E9007D00")]
    [InlineData("FEFF007B00E9007D")]
    [InlineData("FFFE00007B000000E90000007D000000")]
    [InlineData("0000FEFF0000007B000000E90000007D")]
    public async Task Reads_a_body_by_its_byte_order_mark(string bytes)
    {
        var exchange = await AnsweredAsync("", Convert.FromHexString(bytes));

        Assert.Equal("{é}", exchange.Body.Text());
    }

    static async Task<Exchange> AnsweredAsync(string coding, byte[] body)
    {
        await using var receiver = Sending(coding, body);
        using var rig = new EgressRig();
        return await rig.SendAsync(receiver.Url);
    }

    static RawReceiver Sending(string coding, byte[] body) => RawReceiver.Start(async connection =>
    {
        var header = coding.Length > 0 ? $"Content-Encoding: {coding}\r\n" : "";
        await connection.AnswerAsync($"HTTP/1.1 400 No\r\n{header}Content-Length: {body.Length}\r\n\r\n");
        await connection.WriteAsync(body);
        await connection.UntilClosedAsync();
    });

    static byte[] Compressed(string coding, ReadOnlySpan<byte> body)
    {
        using var bytes = new MemoryStream();
        using (Stream stream = coding switch
        {
            "deflate" => new ZLibStream(bytes, CompressionLevel.SmallestSize, leaveOpen: true),
            "br" => new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
            _ => new GZipStream(bytes, CompressionLevel.SmallestSize, leaveOpen: true),
        })
        {
            stream.Write(body);
        }

        return bytes.ToArray();
    }

    static async Task<Exchange> AnsweredAsync(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);
        using var rig = new EgressRig();
        return await rig.SendAsync(receiver.Url);
    }
}
