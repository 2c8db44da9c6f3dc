using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class SubscriptionIdTests
{
    [Fact]
    public void What_is_drawn_is_valid_and_drawn_once()
    {
        var drawn = Enumerable.Range(0, 1000).Select(_ => SubscriptionId.Draw()).ToList();
        Assert.All(drawn, id => Assert.True(SubscriptionId.IsValid(id)));
        Assert.Equal(1000, drawn.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("sub_")]
    [InlineData("sub_0123456789abcdef012")]
    [InlineData("sub_0123456789abcdef01234")]
    [InlineData("sub_0123456789ABCDEF0123")]
    [InlineData("SUB_0123456789abcdef0123")]
    [InlineData("0123456789abcdef01230123")]
    [InlineData("sub_0123456789abcdef/123")]
    public void Nothing_else_is(string id) => Assert.False(SubscriptionId.IsValid(id));
}
