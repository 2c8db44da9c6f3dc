using System.Buffers;

namespace Atrium.Functions.Egress;

/// <summary>
/// A connection that tells each request's <see cref="ConnectionTrace"/> whether it is the first here, and how its
/// answer begins. Both are needed when the handler throws, and the handler tells neither.
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

    // The handler gives up at a line that is no header, and what comes after it, Retry-After as likely as not, would
    // never be read. So it gets no part of the headers before all are here, or as many as are kept.
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
