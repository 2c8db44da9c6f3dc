using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Egress;

/// <summary>
/// A connection that tells each request's <see cref="ConnectionTrace"/> whether it is the first here, and how its
/// answer begins. Both are needed when the handler throws, and the handler reports neither.
/// </summary>
/// <param name="inner">The connection, secured where it is.</param>
/// <param name="time">Tells when a request went out.</param>
internal sealed class TracedStream(Stream inner, TimeProvider time) : Stream
{
    // In bytes, as the handler reads.
    const int ReadLength = 4096;

    volatile ConnectionTrace? current;
    ReadOnlyMemory<byte> ahead;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!ahead.IsEmpty)
        {
            var length = Math.Min(ahead.Length, buffer.Length);
            ahead[..length].CopyTo(buffer);
            ahead = ahead[length..];
            return length;
        }

        var read = await inner.ReadAsync(buffer, cancellationToken);
        // Asked for after the wait: the handler begins to read before it writes.
        if (current is { } trace)
        {
            trace.Received(buffer.Span[..read]);
            ahead = await ReadHeadersAsync(trace, cancellationToken);
        }

        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ConnectionTrace.Current is { } trace)
        {
            if (trace != current)
            {
                trace.Sending(isReused: current is not null);
                current = trace;
            }

            trace.SendingPart(time.GetTimestamp());
        }

        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // The handler gives up at a line that is not a header, and would miss what follows, such as Retry-After. So it gets
    // the headers only when all of them are here, or as many as are kept.
    async Task<ReadOnlyMemory<byte>> ReadHeadersAsync(ConnectionTrace trace, CancellationToken cancellationToken)
    {
        var rest = new ArrayBufferWriter<byte>();
        var read = -1;
        while (read != 0 && trace.AwaitsHeaders)
        {
            var buffer = rest.GetMemory(ReadLength);
            read = await inner.ReadAsync(buffer, cancellationToken);
            trace.Received(buffer.Span[..read]);
            rest.Advance(read);
        }

        return rest.WrittenMemory;
    }
}

/// <summary>What the first bytes of an answer say, if the handler could not read the answer. Pure.</summary>
internal static partial class ResponseHead
{
    // RFC 9113, sections 4.1 and 6.5: length, type, flags and stream of a frame; SETTINGS comes first, on stream 0,
    // with six bytes for each setting.
    const int FrameHeaderLength = 9;
    const byte Settings = 4;
    const int SettingLength = 6;

    /// <summary>
    /// The status of an answer and its well-formed header lines, interim answers passed over; null when there is no
    /// status. A status whose meaning needs no header counts though the headers are incomplete (RFC 9112, section 8).
    /// </summary>
    /// <param name="bytes">The first bytes. A header line that does not end in them is left out.</param>
    public static HttpResponseMessage? Read(ReadOnlySpan<byte> bytes)
    {
        var scan = HeadScan.None.Over(bytes);
        if (scan.StatusIn(bytes) is not { } status)
        {
            return null;
        }

        var response = new HttpResponseMessage((HttpStatusCode)status);
        var lines = Encoding.Latin1.GetString(bytes[scan.Start..scan.End]);
        foreach (Match header in HeaderLine().Matches(lines))
        {
            var (name, value) = (header.Groups["name"].Value, LineFold().Replace(header.Groups["value"].Value, " "));
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    /// <summary>
    /// Whether the other end speaks HTTP/2, which it begins with a SETTINGS frame whatever it is sent.
    /// </summary>
    public static bool IsHttp2(ReadOnlySpan<byte> head) =>
        head.Length >= FrameHeaderLength
        && head[0] == 0 && BinaryPrimitives.ReadUInt16BigEndian(head[1..]) % SettingLength == 0
        && head[3] == Settings
        && BinaryPrimitives.ReadInt32BigEndian(head[5..]) == 0;

    // RFC 9110, sections 5.1 and 5.6.2, and RFC 9112, section 5.2: a line that begins with a space goes on with the one
    // before it.
    [GeneratedRegex(
        """(?<=\n)(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(?<value>[^\r\n\0]*(?:\r?\n[ \t][^\r\n\0]*)*)(?=\r?\n)""")]
    private static partial Regex HeaderLine();

    [GeneratedRegex(@"\r?\n[ \t]+")]
    private static partial Regex LineFold();
}

/// <summary>
/// How far the first bytes of an answer have been looked through. Each byte is looked at once, however small the parts
/// are in which they come: the receiver chooses those. Pure.
/// </summary>
/// <param name="Length">How many there are.</param>
/// <param name="Start">Where the answer begins, or the interim one that has not ended.</param>
/// <param name="Line">Where the line begins that has not ended; what follows the headers once they have.</param>
/// <param name="HasEnded">Whether the answer's headers have ended.</param>
internal sealed record HeadScan(int Length, int Start, int Line, bool HasEnded)
{
    /// <summary>Nothing has come.</summary>
    public static readonly HeadScan None = new(0, 0, 0, false);

    /// <summary>Where the headers end, as far as they are here.</summary>
    public int End => HasEnded ? Line : Length;

    /// <summary>Goes on with what has come since.</summary>
    /// <param name="bytes">All first bytes.</param>
    public HeadScan Over(ReadOnlySpan<byte> bytes)
    {
        var (seen, start, line, hasEnded) = this;
        // A line may end with LF alone (RFC 9112, section 2.2).
        while (!hasEnded && bytes[seen..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            var isEmpty = bytes[line..(seen + length)] is [] or [(byte)'\r'];
            hasEnded = isEmpty && !IsInterim(CodeOf(bytes[start..]));
            seen += length + 1;
            (start, line) = (isEmpty && !hasEnded ? seen : start, seen);
        }

        return new(bytes.Length, start, line, hasEnded);
    }

    /// <summary>The answer's status, interim ones passed over; null when there is none yet.</summary>
    /// <param name="bytes">All first bytes.</param>
    public int? StatusIn(ReadOnlySpan<byte> bytes) =>
        CodeOf(bytes[Start..]) is { } code && !IsInterim(code) ? code : null;

    /// <summary>Whether there is a status, and its headers have not ended.</summary>
    /// <param name="bytes">All first bytes.</param>
    public bool IsUnfinished(ReadOnlySpan<byte> bytes) => !HasEnded && StatusIn(bytes) is not null;

    // RFC 9110, section 15.2. A 101 is the last that is HTTP.
    static bool IsInterim(int? code) => code is >= 100 and <= 199 and not 101;

    // RFC 9112, section 4. Without the character after it there may be more to the number.
    static int? CodeOf(ReadOnlySpan<byte> head) =>
        head is [_, _, _, _, _, _, _, (byte)'0' or (byte)'1', (byte)' ', var hundreds, var tens, var ones,
            (byte)' ' or (byte)'\r' or (byte)'\n', ..]
        && head.StartsWith("HTTP/1."u8)
        && char.IsBetween((char)hundreds, '1', '9') && char.IsAsciiDigit((char)tens) && char.IsAsciiDigit((char)ones)
            ? (100 * (hundreds - '0')) + (10 * (tens - '0')) + ones - '0'
            : null;
}
