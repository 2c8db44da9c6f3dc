using System.Net;

namespace Atrium.Functions.Tests.Egress;

/// <summary>It changes the whole process, so nothing runs beside it.</summary>
[Collection(nameof(EgressProxyTests))]
[CollectionDefinition(nameof(EgressProxyTests), DisableParallelization = true)]
public sealed class EgressProxyTests : IDisposable
{
    static readonly string[] Variables =
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

    readonly string?[] before = Array.ConvertAll(Variables, Environment.GetEnvironmentVariable);

    readonly IWebProxy proxyBefore = HttpClient.DefaultProxy;

    [Fact]
    public async Task Goes_past_the_environment_s_proxy()
    {
        await using var proxy = RawReceiver.Answering("HTTP/1.1 502 Proxy\r\nContent-Length: 0\r\n\r\n");
        await using var receiver = RawReceiver.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Array.ForEach(Variables, name => Environment.SetEnvironmentVariable(name, $"http://127.0.0.1:{proxy.Port}"));
        // The framework reads the variables once in a process, which another test may have caused.
        HttpClient.DefaultProxy = new EverythingProxy(new($"http://127.0.0.1:{proxy.Port}"));
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        Assert.True(exchange.Succeeded);
        Assert.Equal((0, 1), (proxy.Connections, receiver.Connections));
    }

    public void Dispose()
    {
        HttpClient.DefaultProxy = proxyBefore;
        for (var i = 0; i < Variables.Length; i++)
        {
            Environment.SetEnvironmentVariable(Variables[i], before[i]);
        }
    }

    sealed class EverythingProxy(Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => proxy;

        public bool IsBypassed(Uri host) => false;
    }
}
