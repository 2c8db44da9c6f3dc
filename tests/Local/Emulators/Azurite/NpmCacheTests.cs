using Atrium.Local.Emulators.Azurite;
using Atrium.Processes;

namespace Atrium.Local.Emulators.Tests.Azurite;

public sealed class NpmCacheTests : IDisposable
{
    static readonly Dictionary<string, string> NothingSet = [];

    readonly StateFolder _home = new();
    readonly LockedFolder _locked = new();

    string Own => Path.Combine(_home.Path, ".npm");

    string Locked => Path.Combine(_locked.Path, ".npm");

    public void Dispose()
    {
        _home.Dispose();
        _locked.Dispose();
    }

    [Fact]
    public void A_cache_that_can_be_written_is_left_to_npm() =>
        Assert.Empty(NpmCache.Option(NothingSet, Own, "instead"));

    [Fact]
    public void One_in_a_home_that_cannot_be_written_is_replaced() =>
        Assert.Equal(["--cache", "instead"], NpmCache.Option(NothingSet, Locked, "instead"));

    [Theory]
    [InlineData("npm_config_cache")]
    [InlineData("NPM_CONFIG_CACHE")]
    public void One_that_npm_is_told_of_stays(string setting) =>
        Assert.Empty(NpmCache.Option(new Dictionary<string, string> { [setting] = "anywhere" }, Locked, "instead"));
}
