using System.Net;
using System.Net.Sockets;
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
public sealed class TakenPortTests : IClassFixture<InstalledAzurite>, IDisposable
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
}
