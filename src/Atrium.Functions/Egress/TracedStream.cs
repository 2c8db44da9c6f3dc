namespace Atrium.Functions.Egress;

/// <summary>
/// A connection that tells each request's <see cref="ConnectionTrace"/> whether it is the first here, and how its
/// answer begins. Both are needed when the handler throws, and the handler tells neither.
/// </summary>
/// <param name="inner">The connection, secured where it is.</param>
internal sealed class TracedStream(Stream inner) : Stream
{
    volatile ConnectionTrace? current;

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
        var read = await inner.ReadAsync(buffer, cancellationToken);
        // Asked for after the wait: the handler begins to read before it writes.
        current?.Received(buffer.Span[..read]);
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ConnectionTrace.Current is { } trace && trace != current)
        {
            trace.Sending(isReused: current is not null);
            current = trace;
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
}
