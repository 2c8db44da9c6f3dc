using System.Net;
using Atrium.Functions.Http;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Moq;

namespace Atrium.Functions.Tests.Http;

public sealed class RequestBodyTests
{
    const int Limit = 1000;

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(1000, false)]
    public async Task What_is_within_the_limit_is_read_whole(int length, bool tellsLength)
    {
        var bytes = Bytes(length);
        var request = HttpCall.Of("POST", "/", BinaryData.FromBytes(bytes), tellsLength: tellsLength);
        request.Body = new Dripping(bytes);
        Assert.Equal(bytes, (await RequestBody.ReadAsync(request, Limit, default)).Body!.ToArray());
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(100_000)]
    public async Task What_is_over_the_limit_is_not_read_further(int length)
    {
        var body = new Dripping(Bytes(length));
        var request = HttpCall.Of("POST", "/", BinaryData.FromBytes([]), tellsLength: false);
        request.Body = body;
        Assert.Null((await RequestBody.ReadAsync(request, Limit, default)).Body);
        Assert.InRange(body.Position, 0, Limit + 1);
    }

    [Fact]
    public async Task What_says_that_it_is_over_the_limit_is_not_read_at_all()
    {
        var body = new Dripping(Bytes(10));
        var request = HttpCall.Of("POST", "/");
        (request.Body, request.ContentLength) = (body, Limit + 1);
        Assert.Null((await RequestBody.ReadAsync(request, Limit, default)).Body);
        Assert.Equal(0, body.Position);
    }

    // As Kestrel says that the client is gone: in its form, a failure of the network at large.
    [Fact]
    public async Task A_body_that_breaks_off_is_the_clients_fault_and_no_dependencys()
    {
        var request = HttpCall.Of("POST", "/");
        var body = new Mock<Stream>();
        body.Setup(it => it.ReadAsync(It.IsAny<Memory<byte>>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new ConnectionResetException("The client has disconnected."));
        request.Body = body.Object;
        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(
            () => RequestBody.ReadAsync(request, Limit, default));
        Assert.Equal(StatusCodes.Status400BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("Application/JSON; charset=UTF-8", true)]
    [InlineData("application/json; charset=\"utf-8\"", true)]
    [InlineData("application/json; profile=x", true)]
    [InlineData("application/merge-patch+json", true)]
    [InlineData("application/cloudevents+json; charset=utf-8", true)]
    [InlineData("application/json; charset=utf-16", false)]
    [InlineData("application/json; charset=iso-8859-1", false)]
    [InlineData("application/jsonp", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/plain; application/json", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("multipart/form-data; boundary=x", false)]
    [InlineData("json", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task A_body_is_read_when_it_is_said_to_be_JSON_in_UTF_8(string? contentType, bool isRead)
    {
        var request = HttpCall.Of("POST", "/", BinaryData.FromString("{}"), contentType);

        var (body, refusal) = await RequestBody.ReadAsync(request, Limit, default);

        Assert.Equal(isRead, body is not null);
        if (!isRead)
        {
            var answer = await HttpCall.AnswerAsync(request, Task.FromResult(refusal!));
            Assert.Equal(
                (HttpStatusCode.UnsupportedMediaType, "unsupported_media_type"),
                (answer.Status, answer.Json.GetProperty("code").GetString()));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Where_there_is_no_body_nobody_has_to_say_what_it_is(string? contentType)
    {
        var request = HttpCall.Of("POST", "/", BinaryData.FromBytes([]), contentType);

        Assert.Empty((await RequestBody.ReadAsync(request, Limit, default)).Body!.ToArray());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br, gzip")]
    [InlineData("unheard-of")]
    public async Task What_is_compressed_is_refused_by_name(string coding)
    {
        var request = HttpCall.Of("POST", "/", BinaryData.FromBytes([0x1f, 0x8b]));
        request.Headers.ContentEncoding = coding;

        var answer = await HttpCall.AnswerAsync(
            request, Task.FromResult((await RequestBody.ReadAsync(request, Limit, default)).Refusal!));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Contains(
            "The body is compressed: it has the header Content-Encoding. Send it as it is, without that header.",
            answer.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_says_that_it_is_not_compressed_is_read()
    {
        var request = HttpCall.Of("POST", "/", BinaryData.FromBytes([1]));
        request.Headers.ContentEncoding = "identity";
        Assert.Equal([1], (await RequestBody.ReadAsync(request, Limit, default)).Body!.ToArray());
    }

    static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    sealed class Dripping(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(7, buffer.Length)], cancellationToken);
    }
}
