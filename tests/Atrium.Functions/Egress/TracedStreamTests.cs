using System.Text;
using Atrium.Functions.Egress;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Egress;

/// <summary>What a connection tells of an answer, and what it hands on.</summary>
public sealed class TracedStreamTests
{
    const int StatusLength = 13;

    readonly ConnectionTrace trace = new();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", "no header\r\nX: y\r\n\r\n")]
    [InlineData("HTTP/1.1 103 \r\n\r\n", "HTTP/1.1 200 OK\n", "X: y\n", "\n", "body", " and more")]
    [InlineData("H", "TTP/1.1 200 OK\r", "\n\r", "\n", "body")]
    [InlineData("SSH-2.0", "\r\n", "a")]
    public async Task What_comes_is_handed_on_as_it_is(params string[] parts)
    {
        await using var stream = await SentAsync(new Script(parts));

        Assert.Equal(string.Concat(parts), await ReadAllAsync(stream));
        Assert.Equal(string.Concat(parts), Encoding.Latin1.GetString(trace.Head));
    }

    [Fact]
    public async Task Headers_are_handed_on_once_they_are_all_here()
    {
        await using var stream = await SentAsync(new Script("HTTP/1.1 200 OK\r\n", "X: y\r\n", "\r\n", "body"));

        Assert.Equal(17, await stream.ReadAsync(new byte[100]));

        Assert.EndsWith("y\r\n\r\n", Encoding.Latin1.GetString(trace.Head), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_without_end_are_handed_on_at_17_KiB()
    {
        await using var stream = await SentAsync(new Script(
            ["HTTP/1.1 200 OK\r\n", .. Enumerable.Repeat("X: yyyyyyyyyyyyy\r\n", 10_000)]));

        Assert.Equal(17, await stream.ReadAsync(new byte[100]));

        Assert.Equal(17 * 1024, trace.Head.Length);
        Assert.False(trace.AwaitsHeaders);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX-Drip: a", 200)]
    [InlineData("HTTP/1.1 503 No\r\n", 503)]
    public async Task A_status_is_known_though_the_reading_was_cancelled_among_the_headers(string head, int status)
    {
        using var deadline = new CancellationTokenSource();
        await using var stream = await SentAsync(new Script(head) { AtEnd = deadline.Cancel });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            stream.ReadExactlyAsync(new byte[100], deadline.Token).AsTask());

        using var response = ResponseHead.Read(trace.Head);
        Assert.Equal(status, (int?)response?.StatusCode);
        Assert.Equal(Explanation.HeadersUnfinished, SendFailure.OfAnswered(new OperationCanceledException()));
    }

    // The receiver chooses how small the parts are: one byte in each, and a search of all that is here for each part,
    // took seconds.
    [Fact]
    public void However_small_the_parts_are_what_was_looked_at_could_as_well_be_gone() => Gen.OneOfConst(
        "HTTP/1.1 100\n\n", "HTTP/1.1 103 \r\nLink: </a>\r\n\r\n", "HTTP/1.1 200 OK\r\n", "a: b\r\n", "\r\n", "\n",
        "\r", "SSH-2.0\r\n", "body").Array[0, 12].Select(string.Concat).Sample(text =>
    {
        var (bytes, left) = (Encoding.Latin1.GetBytes(text), new byte[text.Length]);
        var scan = HeadScan.None;
        for (var length = 1; length <= bytes.Length; length++)
        {
            left[length - 1] = bytes[length - 1];
            scan = scan.Over(left.AsSpan(0, length));

            Assert.Equal(HeadScan.None.Over(bytes.AsSpan(0, length)), scan);
            // But for the status, and for what may be an empty line.
            left.AsSpan(0, length).Clear();
            bytes.AsSpan(scan.Start, Math.Min(StatusLength, length - scan.Start)).CopyTo(left.AsSpan(scan.Start));
            bytes.AsSpan(scan.Line, Math.Min(1, length - scan.Line)).CopyTo(left.AsSpan(scan.Line));
        }
    });

    [Theory]
    [InlineData("HTTP/1.1 100\n\nHTTP/1.1 103 \r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n", true, 200)]
    [InlineData("HTTP/1.1 100\n\nHTTP/1.1 200 OK\r\nX: y\r\n\nbody\n\n", false, 200)]
    [InlineData("HTTP/1.1 100\n\n", false, null)]
    [InlineData("HTTP/1.1 100\nX: y\n", false, null)]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n", false, null)]
    public void The_headers_that_are_awaited_are_those_of_the_last_status(string text, bool isAwaited, int? status)
    {
        trace.Sending(isReused: false);
        foreach (var one in Encoding.Latin1.GetBytes(text))
        {
            trace.Received([one]);
        }

        Assert.Equal(isAwaited, trace.AwaitsHeaders);
        using var response = ResponseHead.Read(trace.Head);
        Assert.Equal(status, (int?)response?.StatusCode);
    }

    async Task<TracedStream> SentAsync(Script script)
    {
        var stream = new TracedStream(script, new FakeTimeProvider());
        ConnectionTrace.Current = trace;
        await stream.WriteAsync("POST"u8.ToArray());
        return stream;
    }

    static async Task<string> ReadAllAsync(TracedStream stream)
    {
        var (all, buffer) = (new StringBuilder(), new byte[5]);
        while (await stream.ReadAsync(buffer) is > 0 and var read)
        {
            all.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return all.ToString();
    }

    /// <summary>The other end: each part is one packet, then it has closed.</summary>
    sealed class Script(params string[] parts) : MemoryStream
    {
        readonly Queue<byte> left = new();
        int next;

        public Action AtEnd { get; init; } = () => { };

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left.Count == 0 && next == parts.Length)
            {
                AtEnd();
                return cancellationToken.IsCancellationRequested
                    ? ValueTask.FromCanceled<int>(cancellationToken)
                    : new(0);
            }

            if (left.Count == 0)
            {
                Array.ForEach(Encoding.Latin1.GetBytes(parts[next++]), left.Enqueue);
            }

            var length = Math.Min(buffer.Length, left.Count);
            for (var i = 0; i < length; i++)
            {
                buffer.Span[i] = left.Dequeue();
            }

            return new(length);
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
