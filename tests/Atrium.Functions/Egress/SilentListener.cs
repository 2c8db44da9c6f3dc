using System.Net;
using System.Net.Sockets;

namespace Atrium.Functions.Tests.Egress;

/// <summary>An address of this machine that answers no attempt to connect: the listener's queue is full.</summary>
sealed class SilentListener : IDisposable
{
    readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly Socket filler = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SilentListener(string address, int port)
    {
        listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        // Linux holds one connection more than the backlog says, and drops what comes after it.
        listener.Listen(backlog: 0);
        filler.Connect(listener.LocalEndPoint!);
    }

    public void Dispose()
    {
        filler.Dispose();
        listener.Dispose();
    }
}
