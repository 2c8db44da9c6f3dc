using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Atrium.Functions.Tests.Egress;

/// <summary>A receiver's end of one connection, which says exactly what a test tells it to.</summary>
sealed class ReceiverConnection(Socket socket, Stream stream, Action<ReceivedRequest> received)
{
    public Stream Stream => stream;

    public async Task<ReceivedRequest> ReadRequestAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)(await ReadAsync(1))[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .Select(parts => KeyValuePair.Create(parts[0], parts[1])).ToArray();
        var length = headers.Single(h => h.Key == "Content-Length").Value;
        var request = new ReceivedRequest(
            lines[0], headers, await ReadAsync(int.Parse(length, CultureInfo.InvariantCulture)));
        received(request);
        return request;
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(byte[] bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    /// <summary>Reads the request, then answers.</summary>
    public async Task AnswerAsync(string answer)
    {
        await ReadRequestAsync();
        await WriteAsync(answer);
    }

    /// <summary>Waits until the other end closes, and says nothing meanwhile.</summary>
    public async Task UntilClosedAsync()
    {
        var buffer = new byte[1];
        try
        {
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A close with bytes unread is a reset.
        }
    }

    /// <summary>Closes with a reset, not in good order.</summary>
    public void Reset()
    {
        socket.LingerState = new(true, 0);
        socket.Close();
    }

    async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
