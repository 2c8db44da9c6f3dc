using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Amqp;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>Listens on the loopback addresses and hands greeted connections to the library. Listening here, before the library starts, is what tells the port.</summary>
internal sealed class LoopbackTransports : TransportProvider
{
    /// <summary>A free port of 127.0.0.1 may be taken on ::1; so many are tried before ::1 is done without.</summary>
    const int PortAttempts = 10;

    const int Backlog = 512;

    /// <summary>For a client that connects and says nothing. Real time, whatever the broker's clock does: it is the network that is waited for.</summary>
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
            var v4 = Bind(IPAddress.Loopback, port, required: true)!;
            var bound = ((IPEndPoint)v4.LocalEndPoint!).Port;
            var v6 = Socket.OSSupportsIPv6 ? Bind(IPAddress.IPv6Loopback, bound, required: false) : null;
            if (v6 is null && Socket.OSSupportsIPv6 && port == 0 && attempt < PortAttempts)
            {
                v4.Dispose();
                continue;
            }

            _listeners.Add(v4);
            if (v6 is not null)
            {
                _listeners.Add(v6);
            }

            return bound;
        }
    }

    static Socket? Bind(IPAddress address, int port, bool required)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Windows would let two processes share the port.
            socket.ExclusiveAddressUse = OperatingSystem.IsWindows();
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return required
                ? throw new EmulatorStartException(
                    string.Create(CultureInfo.InvariantCulture, $"The Service Bus emulator cannot listen on port {port} of {address} ({e.Message}): stop what uses the port, or choose another (0 takes any free one)."), e)
                : null;
        }
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
