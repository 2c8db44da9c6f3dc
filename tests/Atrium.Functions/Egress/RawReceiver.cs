using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Atrium.Functions.Tests.Egress;

/// <summary>
/// A receiver on a free loopback port that does to each connection what a test says, bytes and all. Nobody listens on
/// that port of ::1.
/// </summary>
sealed class RawReceiver : IAsyncDisposable
{
    readonly Socket listener;
    readonly Socket? refusing;
    readonly CancellationTokenSource stop = new();
    readonly ConcurrentBag<Socket> sockets = [];
    readonly Func<ReceiverConnection, Task> talk;
    readonly SslStreamCertificateContext? certificate;
    readonly SslApplicationProtocol protocol;
    readonly Task accepting;

    RawReceiver(
        Func<ReceiverConnection, Task> talk, SslStreamCertificateContext? certificate, SslApplicationProtocol protocol)
    {
        (this.talk, this.certificate, this.protocol) = (talk, certificate, protocol);
        (listener, refusing) = Bind();
        listener.Listen();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public string Url => $"http://127.0.0.1:{Port}/hook?key=s3cret";

    public int Connections => sockets.Count;

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    public static RawReceiver Start(
        Func<ReceiverConnection, Task> talk, SslStreamCertificateContext? certificate = null) =>
        new(talk, certificate, SslApplicationProtocol.Http11);

    /// <summary>Agrees on HTTP/2 in the TLS handshake, or on nothing.</summary>
    public static RawReceiver OfHttp2(SslStreamCertificateContext certificate) =>
        new(connection => connection.UntilClosedAsync(), certificate, SslApplicationProtocol.Http2);

    /// <summary>Gives every request on every connection the same answer.</summary>
    public static RawReceiver Answering(string answer, SslStreamCertificateContext? certificate = null) => Start(
        async connection =>
        {
            while (true)
            {
                await connection.AnswerAsync(answer);
            }
        },
        certificate);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        refusing?.Dispose();
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        await accepting;
        stop.Dispose();
    }

    // The second has the port of the other loopback address, and takes no connections there.
    static (Socket Listener, Socket? Refusing) Bind()
    {
        while (true)
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            if (!Socket.OSSupportsIPv6)
            {
                return (listener, null);
            }

            var refusing = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                refusing.Bind(new IPEndPoint(IPAddress.IPv6Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port));
                return (listener, refusing);
            }
            catch (SocketException e)
            {
                refusing.Dispose();
                if (e.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied))
                {
                    // The machine does not have the address.
                    return (listener, null);
                }

                listener.Dispose();
            }
        }
    }

    async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stop.Token);
                sockets.Add(socket);
                talks.Add(TalkAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(talks);
        }
    }

    async Task TalkAsync(Socket socket)
    {
        try
        {
            using var plain = new NetworkStream(socket, ownsSocket: true);
            using var stream = certificate is null ? (Stream)plain : await SecureAsync(plain, certificate, protocol);
            await talk(new(socket, stream, Requests.Enqueue));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The other end went away, which the test is about or does not mind.
        }
    }

    static async Task<SslStream> SecureAsync(
        Stream plain, SslStreamCertificateContext certificate, SslApplicationProtocol protocol)
    {
        var tls = new SslStream(plain);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate,
            ApplicationProtocols = [protocol],
        });
        return tls;
    }
}
