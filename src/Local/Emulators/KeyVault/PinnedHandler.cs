using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// The HTTP handler for clients of the emulator. It dials the loopback address itself, since names under localhost
/// resolve on some machines only.
/// </summary>
internal static class PinnedHandler
{
    public static SocketsHttpHandler Create(X509Certificate2 certificate)
    {
        // A copy: the certificate may be disposed with its emulator while a client lives on.
        var trusted = certificate.RawData;
        return new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = static (context, cancellationToken) => ConnectAsync(
                context.DnsEndPoint.Port, cancellationToken),
            SslOptions =
                { RemoteCertificateValidationCallback = (_, served, _, _) => served?.GetRawCertData().AsSpan()
                .SequenceEqual(trusted) == true },
        };
    }

    static async ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
