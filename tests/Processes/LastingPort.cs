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

    /// <summary>A port that nobody listens on.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_last) % Count);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }
}
