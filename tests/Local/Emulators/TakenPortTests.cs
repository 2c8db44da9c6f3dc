using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Atrium.Local.Emulators.KeyVault;
using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Emulators.Tests.Azurite;
using Atrium.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Emulators.Tests;

/// <summary>
/// Nothing shares a port with anything else, in whatever process and on whichever of the two loopback addresses it
/// listens.
/// </summary>
public sealed partial class TakenPortTests : IClassFixture<InstalledAzurite>, IDisposable
{
    static readonly Dictionary<string, string> Settings = new()
    {
        ["servicebus"] = "LocalStack__ServiceBusPort",
        ["keyvault"] = "LocalStack__KeyVaultPort",
        ["tables"] = "LocalStack__TablesPort",
    };

    readonly StateFolder _first = new();
    readonly StateFolder _second = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Theory]
    [InlineData("servicebus")]
    [InlineData("keyvault")]
    [InlineData("tables")]
    public async Task A_second_emulator_in_the_same_process_is_told_that_the_port_is_taken(string kind)
    {
        var (first, port) = await StartAsync(kind, _first, LastingPort.Next());
        await using (first)
        {
            await RefusedAsync(kind, port);
        }

        // And it is not taken any more.
        var (next, samePort) = await StartAsync(kind, _second, port);
        await next.DisposeAsync();
        Assert.Equal(port, samePort);
    }

    [Theory]
    [InlineData("servicebus", "Service Bus")]
    [InlineData("keyvault", "Key Vault")]
    [InlineData("tables", "Table")]
    public async Task A_second_emulator_in_another_process_ends_with_one_sentence_and_1(string kind, string name)
    {
        await using var first = EmulatorProgram.Start(Arguments(kind, _first, "0"));
        var port = LocalPort().Match(await first.ReadyAsync(name)).Groups["port"].Value;
        await using var second = EmulatorProgram.Start(Arguments(kind, _second, port));

        Assert.Equal(1, await second.ExitAsync());
        var sentence = Assert.Single(second.Errors);
        Assert.Contains($"cannot listen on port {port}", sentence, StringComparison.Ordinal);
        Assert.Contains("--free-ports takes free ones for all.", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("servicebus", true)]
    [InlineData("servicebus", false)]
    [InlineData("keyvault", true)]
    [InlineData("keyvault", false)]
    [InlineData("tables", true)]
    [InlineData("tables", false)]
    public async Task A_port_that_a_stranger_has_on_one_address_is_taken(string kind, bool newer)
    {
        var address = newer && LoopbackPort.HasIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        using var stranger = new TcpListener(address, 0);
        stranger.Start();

        await RefusedAsync(kind, ((IPEndPoint)stranger.LocalEndpoint).Port);
    }

    async Task RefusedAsync(string kind, int port)
    {
        var refused = await Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync(kind, _second, port));

        Assert.Contains($"cannot listen on port {port}", refused.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"choose another with the setting {Settings[kind]}", refused.Message, StringComparison.Ordinal);
    }

    static string[] Arguments(string kind, StateFolder state, string port) =>
        ["--only", kind, "--state", state.Path, "--port", port, "--keyvault-port", port, "--tables-port", port];

    static async Task<(IAsyncDisposable Emulator, int Port)> StartAsync(string kind, StateFolder state, int port)
    {
        switch (kind)
        {
            case "servicebus":
                var bus = await ServiceBusEmulator.StartAsync(
                    new ServiceBusEmulatorOptions
                    {
                        ConfigFile = Path.Combine(AppContext.BaseDirectory, "config.json"),
                        DatabaseFile = Path.Combine(state.Path, "servicebus.db"),
                        Port = port,
                    },
                    TimeProvider.System,
                    NullLoggerFactory.Instance,
                    CancellationToken.None);
                return (bus, bus.Port);
            case "keyvault":
                var vault = await KeyVaultEmulator.StartAsync(
                    new KeyVaultEmulatorOptions { StateFolder = state.Path, Port = port },
                    TimeProvider.System,
                    NullLoggerFactory.Instance);
                return (vault, vault.VaultUri.Port);
            default:
                var tables = await RunningAzurite.StartAsync(state, port);
                return (tables, tables.Port);
        }
    }

    [GeneratedRegex(@"(localhost|127\.0\.0\.1):(?<port>\d+)")]
    private static partial Regex LocalPort();
}
