using Atrium.Functions.Http;
using CsCheck;

namespace Atrium.Functions.Tests.Http;

public sealed class AbsoluteUrlTests
{
    [Theory]
    [InlineData("https://example.com/a", "https://example.com/a")]
    [InlineData("HTTPS://Example.com", "https://example.com/")]
    [InlineData("mailto:jane@example.com", "mailto:jane@example.com")]
    [InlineData("hook", null)]
    [InlineData("https://", null)]
    [InlineData("https://a..b/", null)]
    [InlineData("file://\u202e/x", null)]
    [InlineData("\\\\\u202e/x", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_text_is_a_whole_URL_with_a_host_that_can_be_looked_up_or_none(string? text, string? url) =>
        Assert.Equal(url, AbsoluteUrl.Of(text)?.AbsoluteUri);

    [Theory]
    [InlineData("/b?c", "https://example.com/b?c")]
    [InlineData("http://other.example", "http://other.example/")]
    [InlineData("file://\u202e/x", null)]
    public void A_text_may_be_relative_to_another(string text, string? url) =>
        Assert.Equal(url, AbsoluteUrl.Of(text, new("https://example.com/a"))?.AbsoluteUri);

    [Fact]
    public void Whatever_the_text_is_it_is_judged_without_a_fault() => Gen.OneOfConst(
            "https:", "file:", "//", "\\\\", "/", ":", "@", "?", "#", "%", "[", "]", ".", "..", "a", "xn--", "1",
            "\u202e", "\u200f", "\u200b", "\u00ad", "\ud83d", "\u0000", "\u3002", "\u05d0", "\u0661", " ")
        .Array[0, 8].Select(string.Concat)
        .Sample(text => AbsoluteUrl.Of(text) is not { } url || url.IdnHost is not null, iter: 20_000);
}
