namespace Atrium.BrowserTests;
public sealed class SmokeTests
{
    [Fact]
    public async Task Starts() => Assert.NotEmpty((await Chromium.BrowserAsync()).Version);
}
