using Atrium.Local.Host.Settings;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.Settings;

public sealed class SettingReferenceTests
{
    static readonly IConfiguration s_settings = new ConfigurationBuilder()
        .AddInMemoryCollection(
            new Dictionary<string, string?> { ["Queue"] = "deliveries", ["Group:Name"] = "nested", ["Empty"] = "" })
        .Build();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("%Queue%", "deliveries")]
    [InlineData("a-%Queue%-b-%Group:Name%", "a-deliveries-b-nested")]
    [InlineData("%Group__Name%", "nested")]
    public void Puts_the_settings_in(string written, string expected) =>
        Assert.Equal(expected, SettingReference.Resolve(written, s_settings, "here"));

    [Theory]
    [InlineData("%Missing%", "names the setting Missing, which is not set")]
    [InlineData("%Empty%", "names the setting Empty, which is not set")]
    [InlineData("100%", "has a percent sign without a partner")]
    public void What_cannot_be_put_in_is_refused(string written, string sentence) =>
        Assert.Contains(
            sentence,
            Assert.Throws<HostStartException>(() => SettingReference.Resolve(written, s_settings, "here")).Message,
            StringComparison.Ordinal);
}
