using System.Net;
using System.Net.Sockets;

namespace Atrium.EndToEnd;

public sealed class DemoTests
{
    [Fact]
    public async Task Delivers_three_events_verified_and_ends_with_zero_where_keys_are_asked_for_and_a_proxy_is_set()
    {
        // It answers nobody. For what is installed it is not named: npm asks its registry by HTTPS.
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        using var state = new TemporaryFolder();
        await using var demo = AppProcess.Start(
            ["--demo", "--port", "0", "--state", state.Path],
            new Dictionary<string, string>
            {
                ["FunctionKeys__default"] = "a-key-of-the-test",
                ["http_proxy"] = $"http://{proxy.LocalEndpoint}",
                ["HTTP_PROXY"] = $"http://{proxy.LocalEndpoint}",
                ["no_proxy"] = "",
                ["NO_PROXY"] = "elsewhere.example",
            });

        Assert.True(await demo.ExitAsync() == 0, demo.Output);

        Assert.Equal(3, Count(demo.Output, "answered 503"));
        Assert.Equal(3, Count(demo.Output, "answered 200"));
        Assert.Equal(6, Count(demo.Output, "signature verified"));
        Assert.Contains("All three delivered", demo.Output, StringComparison.Ordinal);
        Assert.False(proxy.Pending());
    }

    [Fact]
    public async Task Stopped_before_all_is_delivered_ends_with_one()
    {
        using var state = new TemporaryFolder();
        await using var demo = AppProcess.Start(
            ["--demo", "--port", "0", "--state", state.Path], new Dictionary<string, string>());

        // The second attempts come more than five seconds later.
        await demo.LineAsync("  published  ");

        Assert.Equal(1, await demo.InterruptAsync());
        Assert.DoesNotContain("All three delivered", demo.Output, StringComparison.Ordinal);
    }

    static int Count(string text, string part) => text.Split(part).Length - 1;
}
