using Atrium.Functions.Contract;

namespace Atrium.Functions.Tests.Contract;

public sealed class TenantIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("default")]
    [InlineData("Acme-Corp_1.eu")]
    [InlineData("...")]
    [InlineData(".a")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void Letters_digits_dots_hyphens_and_underscores_name_a_tenant(string tenant) =>
        Assert.True(TenantId.IsValid(tenant));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a|b")]
    [InlineData("a'b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a\\b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void Nothing_else_does(string? tenant) => Assert.False(TenantId.IsValid(tenant));

    [Fact]
    public void The_default_is_one() => Assert.True(TenantId.IsValid(TenantId.Default));
}
