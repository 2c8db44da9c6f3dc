using System.Net;
using System.Net.Sockets;

namespace Atrium.Processes;

/// <summary>Ports for listeners that end and come back on the same port.</summary>
static class LastingPort
{
    // Below those that systems give to outgoing connections, one of which could take the port meanwhile.
    const int First = 20_000;
    const int Count = 10_000;

    static int s_last = Environment.ProcessId * 97;

    /// <summary>A port that nobody listens on, on neither of the two loopback addresses.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_last) % Count);
            if (!IsTaken(IPAddress.Loopback, port) && !IsTaken(IPAddress.IPv6Loopback, port))
            {
                return port;
            }
        }
    }

    // Not every machine has the second address, where nobody has a port then.
    static bool IsTaken(IPAddress address, int port)
    {
        try
        {
            using var probe = new TcpListener(address, port);
            probe.Start();
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied;
        }
    }
}
