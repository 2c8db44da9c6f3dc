using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Atrium.Local.Emulators.Tests.Sdk;

/// <summary>A stretch of network before the emulator, which a test can cut.</summary>
sealed class Relay : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _end = new();
    readonly ConcurrentBag<TcpClient> _clients = [];
    readonly int _target;

    public Relay(int target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => _clients.Count;

    /// <summary>Breaks the connections there are. New ones may be made.</summary>
    public void Cut()
    {
        foreach (var client in _clients) client.Client?.Close(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Cut();
        _end.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    async Task ServeAsync(TcpClient near)
    {
        _clients.Add(near);
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        try
        {
            await far.ConnectAsync("localhost", _target, _end.Token);
            var stream = near.GetStream();
            await Task.WhenAny(
                stream.CopyToAsync(far.GetStream(), _end.Token), far.GetStream().CopyToAsync(stream, _end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException
            or ObjectDisposedException or InvalidOperationException)
        {
            // One end has gone; so goes the other.
        }
        finally
        {
            near.Dispose();
        }
    }
}
