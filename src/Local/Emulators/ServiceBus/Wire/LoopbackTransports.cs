using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Amqp;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// Listens on the loopback addresses and hands greeted connections to the library. Listening here, before the library
/// starts, is what tells the port.
/// </summary>
internal sealed class LoopbackTransports : TransportProvider
{
    /// <summary>
    /// For a client that connects and says nothing. Real time, whatever the broker's clock does: it is the network that
    /// is waited for.
    /// </summary>
    static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(20);

    readonly IReadOnlyList<Socket> _listeners;
    readonly ConcurrentDictionary<SocketTransport, bool> _open = new();
    readonly Channel<IAsyncTransport> _ready = Channel.CreateUnbounded<IAsyncTransport>();
    readonly CancellationTokenSource _stopped = new();

    /// <exception cref="EmulatorStartException">The port is taken.</exception>
    public LoopbackTransports(int port)
    {
        AddressSchemes = ["amqp"];
        try
        {
            _listeners = LoopbackPort.Listen(port);
        }
        catch (SocketException e)
        {
            throw LoopbackPort.Taken(EmulatorPort.ServiceBus, port, e.Message, e);
        }

        Port = ((IPEndPoint)_listeners[0].LocalEndPoint!).Port;
    }

    public int Port { get; }

    public void Start()
    {
        foreach (var listener in _listeners)
        {
            _ = AcceptAsync(listener);
        }
    }

    /// <summary>Once stopped it never completes: the library asks again at once when it fails.</summary>
    public override async Task<IAsyncTransport> CreateAsync(Address address) => await _ready.Reader.ReadAsync();

    /// <summary>Lets what was written reach the clients, then closes all connections.</summary>
    public async Task CloseConnectionsAsync(TimeSpan patience)
    {
        try
        {
            await Task.WhenAll(_open.Keys.Select(t => t.Closed)).WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            // A client that does not answer the close.
        }

        foreach (var transport in _open.Keys)
        {
            transport.Close();
        }
    }

    public override void Dispose()
    {
        _stopped.Cancel();
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }

        base.Dispose();
    }

    async Task AcceptAsync(Socket listener)
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stopped.Token);
                socket.NoDelay = true;
                _ = GreetAsync(new SocketTransport(socket));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The client was gone before it was accepted, or the listener is stopped: the loop's condition tells.
            }
        }
    }

    async Task GreetAsync(SocketTransport transport)
    {
        _open[transport] = true;
        _ = transport.Closed.ContinueWith(_ => _open.TryRemove(transport, out bool _), TaskScheduler.Default);
        using var timeout = new CancellationTokenSource(GreetingTimeout);
        try
        {
            if (await SaslGreeting.ExchangeAsync(transport, timeout.Token))
            {
                await _ready.Writer.WriteAsync(transport, timeout.Token);
                return;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a stranger sends, it costs no more than its own connection.
        }

        transport.Close();
    }
}
