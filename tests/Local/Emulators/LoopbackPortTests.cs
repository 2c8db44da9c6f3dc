using System.Net;
using System.Net.Sockets;

namespace Atrium.Local.Emulators.Tests;

public sealed class LoopbackPortTests
{
    [Fact]
    public void A_free_port_is_had_on_both_addresses()
    {
        var sockets = LoopbackPort.Listen(0);
        Assert.Single(sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port).Distinct());
        Assert.Equal(LoopbackPort.HasIPv6 ? 2 : 1, sockets.Count);
        Close(sockets);
    }

    [Fact]
    public void Where_IPv6_is_missing_nothing_is_asked_of_it()
    {
        var all = LoopbackPort.Listen(0);
        var port = ((IPEndPoint)all[0].LocalEndPoint!).Port;
        all[0].Dispose();

        // What has the port of ::1 is not met.
        var without = LoopbackPort.Listen(port, hasIPv6: false);

        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)Assert.Single(without).LocalEndPoint!).Address);
        Close([.. all, .. without]);
    }

    static void Close(IEnumerable<Socket> sockets)
    {
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
    }

    // 192.0.2.0/24 is for documents: no machine has an address of it.
    [Fact]
    public void An_address_that_the_machine_has_not_is_told_before_anything_fails_for_it()
    {
        LoopbackPort.RequireAddress(IPAddress.Loopback);
        var fault = Assert.Throws<EmulatorStartException>(
            () => LoopbackPort.RequireAddress(IPAddress.Parse("192.0.2.1")));
        Assert.StartsWith("This machine has no address 192.0.2.1, ", fault.Message, StringComparison.Ordinal);
    }
}
