using Atrium.Functions.Console;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Console;

public sealed class PortalOptionsTests
{
    [Theory]
    [InlineData("Portal:FrameAncestors:0", "https://app.example.com")]
    [InlineData("Portal:FrameAncestors:0", "https://app.example.com:8443")]
    [InlineData("Portal:FrameAncestors:0", "http://localhost:3000")]
    [InlineData("Portal:ReturnUrl", "https://app.example.com/settings#webhooks")]
    [InlineData("Portal:ReturnUrl", "http://127.0.0.1:3000/")]
    [InlineData("Portal:ReturnUrl", "")]
    [InlineData("Portal:Accent", "#0b57d0")]
    [InlineData("Portal:Accent", "#000000")]
    [InlineData("Portal:Accent", "")]
    public void What_can_be_used_is_taken(string key, string value) => Validate(key, value);

    [Theory]
    [InlineData("Portal:FrameAncestors:0", "https://app.example.com/")]
    [InlineData("Portal:FrameAncestors:0", "https://app.example.com/path")]
    [InlineData("Portal:FrameAncestors:0", "https://APP.example.com")]
    [InlineData("Portal:FrameAncestors:0", "https://app.example.com:443")]
    [InlineData("Portal:FrameAncestors:0", "https://*.example.com")]
    [InlineData("Portal:FrameAncestors:0", "http://app.example.com")]
    [InlineData("Portal:FrameAncestors:0", "https://app.example.com; script-src *")]
    [InlineData("Portal:FrameAncestors:0", "*")]
    [InlineData("Portal:FrameAncestors:0", "")]
    [InlineData("Portal:ReturnUrl", "http://app.example.com/")]
    [InlineData("Portal:ReturnUrl", "javascript:alert(1)")]
    [InlineData("Portal:ReturnUrl", "https://me:x@app.example.com/")]
    [InlineData("Portal:Accent", "blue")]
    [InlineData("Portal:Accent", "#abc")]
    [InlineData("Portal:Accent", "#0b57d0ff")]
    [InlineData("Portal:Accent", "#+b57d0")]
    [InlineData("Portal:Accent", "#8ab4f8")]
    [InlineData("Portal:Accent", "#777777")]
    public void What_cannot_is_refused_at_start_by_its_name(string key, string value)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Validate(key, value));

        Assert.Contains(key.Replace(":", "__").Replace("__0", "__N"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contrast_is_as_WCAG_counts_it()
    {
        Assert.Equal(21, Colour.White.ContrastOn(new Colour(0, 0, 0)), 0.001);
        Assert.Equal(4.54, Colour.Parse("#767676")!.Value.ContrastOn(Colour.White), 0.005);
    }

    static void Validate(string key, string value)
    {
        using var provider = new ServiceCollection()
            .AddSingleton<IConfiguration>(
                new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build())
            .AddConsole()
            .BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
    }
}
