using System.Net.Sockets;
using Atrium.Local.Emulators;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Local.Host;

/// <summary>
/// The port on loopback, the only address that the local host listens on. A connection to "localhost" may go to
/// 127.0.0.1 or ::1, so it has both.
/// </summary>
/// <param name="Number">The port; 0 for any free one.</param>
internal readonly record struct FunctionsPort(int Number)
{
    /// <summary>What <c>func start</c> listens on when nobody says otherwise.</summary>
    public const int Default = 7071;

    const string Advice =
        "choose another port with --port N (0 for any free one), or with Host.LocalHttpPort in local.settings.json. "
        + "--free-ports takes free ones for all.";

    /// <summary>Has a server listen on it.</summary>
    /// <exception cref="HostStartException">The port is taken, or this user may not listen on it.</exception>
    public void Listen(IWebHostBuilder server)
    {
        // Kestrel can ask for a free port on one address only.
        var sockets = Take();
        server.ConfigureServices(services => services.Configure<SocketTransportOptions>(transport =>
            transport.CreateBoundListenSocket = address => sockets.Single(socket =>
                address.Equals(socket.LocalEndPoint))));
        server.ConfigureKestrel(kestrel =>
        {
            foreach (var socket in sockets)
            {
                kestrel.Listen(socket.LocalEndPoint!);
            }
        });
    }

    /// <summary>Finds a taken port before the app starts what takes long, such as emulators.</summary>
    /// <exception cref="HostStartException">The port is taken, or this user may not listen on it.</exception>
    public void RefuseWhenTaken()
    {
        foreach (var socket in Take())
        {
            socket.Dispose();
        }
    }

    IReadOnlyList<Socket> Take()
    {
        try
        {
            return LoopbackPort.Listen(Number);
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new HostStartException(
                $"Port {Number} on localhost is taken by another program. Stop that program, or {Advice}", taken);
        }
        catch (SocketException denied) when (denied.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new HostStartException($"This user may not listen on port {Number}: {Advice}", denied);
        }
    }
}
