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
    /// <summary>A port that is free on 127.0.0.1 may be taken on ::1: so many are tried.</summary>
    const int PortAttempts = 10;

    /// <summary>
    /// For a client that connects and says nothing. Real time, whatever the broker's clock does: it is the network that
    /// is waited for.
    /// </summary>
    static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(20);

    readonly List<Socket> _listeners = [];
    readonly ConcurrentDictionary<SocketTransport, bool> _open = new();
    readonly Channel<IAsyncTransport> _ready = Channel.CreateUnbounded<IAsyncTransport>();
    readonly CancellationTokenSource _stopped = new();

    /// <exception cref="EmulatorStartException">The port is taken.</exception>
    public LoopbackTransports(int port)
    {
        AddressSchemes = ["amqp"];
        Port = Listen(port);
    }

    public int Port { get; }

    public void Start() => _listeners.ForEach(l => _ = AcceptAsync(l));

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
        _listeners.ForEach(l => l.Dispose());
        base.Dispose();
    }

    int Listen(int port)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Listen(IPAddress.Loopback, port);
                var bound = ((IPEndPoint)_listeners[0].LocalEndPoint!).Port;
                if (LoopbackPort.HasIPv6)
                {
                    Listen(IPAddress.IPv6Loopback, bound);
                }

                return bound;
            }
            catch (EmulatorStartException)
            {
                _listeners.ForEach(l => l.Dispose());
                _listeners.Clear();
                if (port != 0 || attempt == PortAttempts)
                {
                    throw;
                }
            }
        }
    }

    void Listen(IPAddress address, int port) =>
        _listeners.Add(LoopbackPort.Listen(EmulatorPort.ServiceBus, address, port));

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
