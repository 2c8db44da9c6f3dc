using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.Http;

/// <summary>A host as it is without any setting, for all tests of a class.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    internal RunningHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await RunningHost.StartAsync(null, "--functions");

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
