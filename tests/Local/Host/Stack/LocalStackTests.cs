using System.Net;
using System.Net.Sockets;
using Atrium.Local.Emulators;
using Atrium.Local.Host.Stack;
using Atrium.Local.Host.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Host.Tests.Stack;

public sealed class LocalStackTests : IDisposable
{
    readonly TempFolder _folder = new();

    [Fact]
    public async Task What_cannot_start_is_told_though_another_stand_in_would_wait_on()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        Directory.CreateDirectory(Path.Combine(_folder.Path, "tables"));
        using var held = new FileStream(
            Path.Combine(_folder.Path, "tables", "azurite.lock"), FileMode.Create, FileAccess.ReadWrite,
            FileShare.None);

        var refused = await Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync(taken).Soon());

        Assert.Contains($"cannot listen on port {taken} ", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    Task<LocalStack> StartAsync(int serviceBusPort)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("KeyVault:vaultUri", "https://vault.example"),
            new("LocalStack:ServiceBusConfig", _folder.Write("config.json", Queues.Config)),
            new("LocalStack:ServiceBusPort", $"{serviceBusPort}"),
        ]).Build();
        var options = HostOptions.Parse([typeof(LocalStackTests).Assembly.Location]) with { State = _folder.Path };
        // By a clock that stands, Azurite waits for ever for a folder that another holds.
        return LocalStack.StartAsync(
            new(configuration, options), _ => { }, NullLoggerFactory.Instance, new SteppedTime(),
            CancellationToken.None);
    }
}
