using System.Net;
using System.Net.Sockets;
using Atrium.Local.Emulators.KeyVault;

namespace Atrium.Functions.Tests.Architecture;

public sealed class SocketTests
{
    const string Egress = nameof(Egress);

    [Fact]
    public void Only_Egress_opens_sockets_and_makes_http_clients() => Assert.Empty(Connections
        .Where(use => Folders.Of(use.Type) != Egress && !IsForLocalVault(use))
        .Select(use => $"{use.Type.FullName} uses {use.Used.FullName}"));

    [Theory]
    [InlineData(typeof(Socket))]
    [InlineData(typeof(SocketsHttpHandler))]
    [InlineData(typeof(HttpMessageInvoker))]
    public void Those_of_Egress_are_seen(Type used) =>
        Assert.Contains(Connections, use => Folders.Of(use.Type) == Egress && use.Used == used);

    static IEnumerable<(Type Type, Type Used)> Connections => Folders.Uses().Where(use => Connects(use.Used));

    // LocalVault.cs with its handler speaks to this machine only and is not published.
    static bool IsForLocalVault((Type Type, Type Used) use) =>
        (use.Type.DeclaringType ?? use.Type) == typeof(PinnedHandler)
            || (use.Type == typeof(AzureClients) && use.Used == typeof(HttpClient));

    static bool Connects(Type type) =>
        type.Namespace is "System.Net.Sockets" or "System.Net.WebSockets" or "System.Net.Quic" or "System.Net.Mail"
        || type.FullName is "System.Net.Http.IHttpClientFactory" or "System.Net.WebClient"
        || new[] { typeof(HttpMessageInvoker), typeof(HttpMessageHandler), typeof(WebRequest) }.Any(
            connecting => connecting.IsAssignableFrom(type));
}
