using Atrium.Local.Host.Settings;

namespace Atrium.Local.Host.Tests.Settings;

public sealed class AppServiceGuardTests
{
    [Theory]
    [InlineData("WEBSITE_INSTANCE_ID")]
    [InlineData("WEBSITE_SITE_NAME")]
    public void Refuses_inside_App_Service(string mark)
    {
        var refused = Assert.Throws<HostStartException>(() =>
            AppServiceGuard.Refuse(name => name == mark ? "x" : null));
        Assert.Contains(mark, refused.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet publish", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lets_any_other_machine_pass() => Assert.Null(Record.Exception(() => AppServiceGuard.Refuse(_ => null)));
}
