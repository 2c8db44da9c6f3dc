using System.Net;
using System.Net.Sockets;

namespace Atrium.Local.Host.Tests;

public sealed class FunctionsPortTests
{
    [Fact]
    public void A_taken_port_is_refused_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var message = Assert.Throws<HostStartException>(new FunctionsPort(taken).RefuseWhenTaken).Message;
        Assert.StartsWith($"Port {taken} on localhost is taken by another program.", message, StringComparison.Ordinal);
        Assert.Contains("--port N", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_free_port_is_never_taken() => Assert.Null(Record.Exception(new FunctionsPort(0).RefuseWhenTaken));
}
