namespace Atrium.Local.Host.Tests.Support;

/// <summary>A host as it is without any setting, which lists its functions, for all tests of its collection.</summary>
[CollectionDefinition(nameof(SharedHost))]
public sealed class SharedHost : IAsyncLifetime, ICollectionFixture<SharedHost>
{
    internal RunningHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await RunningHost.StartAsync(null, "--functions");

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
