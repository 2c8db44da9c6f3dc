using System.Net;
using System.Net.Sockets;

namespace Atrium.Functions.Tests.Architecture;

public sealed class SocketTests
{
    const string Egress = nameof(Egress);

    // Speaks to this machine only: to its own emulators, and as the demo's receiver.
    const string LocalRuntime = nameof(LocalRuntime);

    [Fact]
    public void Only_Egress_opens_sockets_and_makes_http_clients() => Assert.Empty(Connections
        .Where(use => Folders.Of(use.Type) is not (Egress or LocalRuntime))
        .Select(use => $"{use.Type.FullName} uses {use.Used.FullName}"));

    [Theory]
    [InlineData(typeof(Socket))]
    [InlineData(typeof(SocketsHttpHandler))]
    [InlineData(typeof(HttpMessageInvoker))]
    public void Those_of_Egress_are_seen(Type used) => Assert.Contains(Connections, use => Folders.Of(use.Type) == Egress && use.Used == used);

    static IEnumerable<(Type Type, Type Used)> Connections => Folders.Uses().Where(use => Connects(use.Used));

    static bool Connects(Type type) =>
        type.Namespace is "System.Net.Sockets" or "System.Net.WebSockets" or "System.Net.Quic" or "System.Net.Mail"
        || type.FullName is "System.Net.Http.IHttpClientFactory" or "System.Net.WebClient"
        || new[] { typeof(HttpMessageInvoker), typeof(HttpMessageHandler), typeof(WebRequest) }.Any(connecting => connecting.IsAssignableFrom(type));
}
