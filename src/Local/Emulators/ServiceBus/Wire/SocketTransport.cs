using System.Net.Sockets;
using Amqp;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// The library's view of one socket. Reads are buffered (the library asks for a frame in two pieces), and writes leave
/// the caller's thread, so that sending a message makes no system call, and many small frames go out as one write.
/// </summary>
internal sealed class SocketTransport(Socket socket) : IAsyncTransport, IDisposable
{
    const int ReadBufferSize = 64 * 1024;

    readonly byte[] _read = new byte[ReadBufferSize];
    readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    byte[] _write = [];
    int _start, _end;

    /// <summary>Completes when the connection is closed, by either side.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Waits until at least this many bytes were received, and leaves them to be read.</summary>
    /// <returns>What has been received so far, or nothing when the connection ended before.</returns>
    public async Task<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            var received = await socket.ReceiveAsync(_read.AsMemory(_end), SocketFlags.None, cancellationToken);
            if (received == 0)
            {
                return default;
            }

            _end += received;
        }

        return _read.AsMemory(_start, _end - _start);
    }

    /// <summary>Takes away what was peeked at.</summary>
    public void Consume(int count) => _start += count;

    public ValueTask<int> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        socket.SendAsync(bytes, SocketFlags.None, cancellationToken);

    public async Task<int> ReceiveAsync(byte[] buffer, int offset, int count)
    {
        if (_start == _end)
        {
            if (count >= ReadBufferSize)
            {
                return await socket.ReceiveAsync(buffer.AsMemory(offset, count), SocketFlags.None);
            }

            (_start, _end) = (0, await socket.ReceiveAsync(_read.AsMemory(), SocketFlags.None));
        }

        var taken = Math.Min(count, _end - _start);
        _read.AsSpan(_start, taken).CopyTo(buffer.AsSpan(offset));
        _start += taken;
        return taken;
    }

    public Task SendAsync(IList<ByteBuffer> bufferList, int listSize)
    {
        // The library writes one list at a time, so one buffer serves.
        if (_write.Length < listSize)
        {
            _write = new byte[listSize];
        }

        var length = 0;
        foreach (var buffer in bufferList)
        {
            AmqpBytes.Span(buffer).CopyTo(_write.AsSpan(length));
            length += buffer.Length;
        }

        return FlushAsync(length);
    }

    async Task FlushAsync(int length)
    {
        await Task.Yield();
        for (var sent = 0; sent < length;)
        {
            sent += await socket.SendAsync(_write.AsMemory(sent, length - sent), SocketFlags.None);
        }
    }

    public void Close()
    {
        socket.Dispose();
        _closed.TrySetResult();
    }

    public void Dispose() => Close();

    public void SetConnection(Connection connection)
    {
    }

    public void Send(ByteBuffer buffer) => throw new NotSupportedException("The library sends asynchronously here.");

    public int Receive(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The library receives asynchronously here.");
}
