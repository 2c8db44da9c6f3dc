using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Atrium.Local.Host;

/// <summary>The port on loopback, the only address that the local host listens on.</summary>
/// <param name="Number">The port; 0 for any free one.</param>
internal readonly record struct FunctionsPort(int Number)
{
    const string Advice =
        "choose another port with --port N (0 for any free one), or with Host.LocalHttpPort in local.settings.json. "
        + "--free-ports takes free ones for all.";

    public void Listen(KestrelServerOptions server)
    {
        if (Number == 0)
        {
            // A free port can be asked for on one address only.
            server.Listen(IPAddress.Loopback, Number);
        }
        else
        {
            server.ListenLocalhost(Number);
        }
    }

    /// <summary>Finds a taken port before the app starts what takes long, such as emulators.</summary>
    /// <exception cref="HostStartException">The port is taken, or this user may not listen on it.</exception>
    public void RefuseWhenTaken()
    {
        if (Number == 0)
        {
            return;
        }

        // A connection to "localhost" may go to either.
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            using var probe = new TcpListener(address, Number);
            try
            {
                probe.Start();
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw Taken(taken);
            }
            catch (SocketException denied) when (denied.SocketErrorCode == SocketError.AccessDenied)
            {
                throw new HostStartException($"This user may not listen on port {Number}: {Advice}", denied);
            }
            catch (SocketException) when (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // A machine without IPv6.
            }
        }
    }

    public HostStartException Taken(Exception cause) =>
        new($"Port {Number} on localhost is taken by another program. Stop that program, or {Advice}", cause);
}
