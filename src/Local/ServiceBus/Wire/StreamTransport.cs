using System.Buffers;
using Amqp;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>The bytes of a connection, read ahead so that a frame does not cost two reads.</summary>
internal sealed class StreamTransport(Stream stream) : IAsyncTransport
{
    const int ReadAheadBytes = 64 * 1024;
    readonly byte[] _ahead = new byte[ReadAheadBytes];
    int _next;
    int _end;

    /// <summary>Told on the connection's read pump whenever all that was received has been handled. The library itself does not tell when a flow came.</summary>
    public event Action? AllHandled;

    public void SetConnection(Connection connection)
    {
    }

    public async Task SendAsync(IList<ByteBuffer> bufferList, int listSize)
    {
        if (bufferList is [var only])
        {
            await stream.WriteAsync(only.Buffer.AsMemory(only.Offset, only.Length)).ConfigureAwait(false);
            return;
        }

        var joined = ArrayPool<byte>.Shared.Rent(listSize);
        try
        {
            var length = 0;
            foreach (var buffer in bufferList)
            {
                buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).CopyTo(joined.AsSpan(length));
                length += buffer.Length;
            }

            await stream.WriteAsync(joined.AsMemory(0, length)).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    public Task<int> ReceiveAsync(byte[] buffer, int offset, int count) =>
        _next < _end ? Task.FromResult(TakeAhead(buffer.AsSpan(offset, count))) : ReadAsync(buffer.AsMemory(offset, count));

    public void Send(ByteBuffer buffer) => stream.Write(buffer.Buffer, buffer.Offset, buffer.Length);

    public int Receive(byte[] buffer, int offset, int count) => stream.Read(buffer, offset, count);

    public void Close() => stream.Dispose();

    async Task<int> ReadAsync(Memory<byte> wanted)
    {
        AllHandled?.Invoke();
        if (wanted.Length >= ReadAheadBytes) return await stream.ReadAsync(wanted).ConfigureAwait(false);
        _next = 0;
        _end = await stream.ReadAsync(_ahead).ConfigureAwait(false);
        return TakeAhead(wanted.Span);
    }

    int TakeAhead(Span<byte> wanted)
    {
        var length = Math.Min(wanted.Length, _end - _next);
        _ahead.AsSpan(_next, length).CopyTo(wanted);
        _next += length;
        return length;
    }
}
