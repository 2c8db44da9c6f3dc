using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.Http;

/// <summary>
/// A host with a prefix, a bound on time and levels of its host.json, with keys, and with an origin that browsers may
/// call from.
/// </summary>
public sealed class ConfiguredHost : IAsyncLifetime
{
    internal RunningHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await RunningHost.StartAsync(setup =>
    {
        setup.HostJson("""
            {
              // Comments are allowed.
              "version": "2.0",
              "functionTimeout": "00:00:20",
              "extensions": { "http": { "routePrefix": "v2/hooks" } },
              "logging": { "logLevel": { "Quiet": "Error", "Loud": "Trace", "Microsoft.AspNetCore.Hosting": "Trace",
                "Microsoft.AspNetCore.Routing": "Trace" } }
            }
            """);
        setup.LocalSettings("""
            {
              "IsEncrypted": false,
              "Values": { "FunctionKeys__default": "key-that-nobody-may-read", "Logging__LogLevel__Told": "Debug",
                "Logging__LogLevel__Loud.Not": "Critical" },
              "Host": { "CORS": "https://a.example", "CORSCredentials": true }
            }
            """);
    });

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
