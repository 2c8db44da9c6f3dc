using Atrium.Local.Host.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.Http;

public sealed class FunctionKeysTests
{
    static readonly FunctionKeys s_keys = new(
        Settings(("FunctionKeys:default", "one"), ("FunctionKeys:other", "two"), ("FunctionKeys:Master", "top")));

    [Fact]
    public void Without_keys_everything_is_open()
    {
        var none = new FunctionKeys(Settings());
        Assert.False(none.Any);
        Assert.All(
            Enum.GetValues<FunctionLevel>(), level => Assert.True(none.Admit(level, new DefaultHttpContext().Request)));
    }

    [Theory]
    [InlineData(nameof(FunctionLevel.Anonymous), null, true)]
    [InlineData(nameof(FunctionLevel.Function), null, false)]
    [InlineData(nameof(FunctionLevel.Function), "", false)]
    [InlineData(nameof(FunctionLevel.Function), "wrong", false)]
    [InlineData(nameof(FunctionLevel.Function), "one", true)]
    [InlineData(nameof(FunctionLevel.Function), "two", true)]
    [InlineData(nameof(FunctionLevel.Function), "top", true)]
    [InlineData(nameof(FunctionLevel.Admin), "one", false)]
    [InlineData(nameof(FunctionLevel.Admin), "top", true)]
    [InlineData(nameof(FunctionLevel.Admin), null, false)]
    public void With_keys_each_level_asks_for_its_own(string level, string? key, bool admitted)
    {
        var byHeader = new DefaultHttpContext().Request;
        byHeader.Headers["x-functions-key"] = key;
        Assert.Equal(admitted, s_keys.Admit(Enum.Parse<FunctionLevel>(level), byHeader));
        var byQuery = new DefaultHttpContext().Request;
        byQuery.QueryString = key is null ? default : QueryString.Create("code", key);
        Assert.Equal(admitted, s_keys.Admit(Enum.Parse<FunctionLevel>(level), byQuery));
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    public void A_header_decides_alone(string header)
    {
        var both = new DefaultHttpContext().Request;
        both.Headers["x-functions-key"] = header;
        both.QueryString = QueryString.Create("code", "one");
        Assert.False(s_keys.Admit(FunctionLevel.Function, both));
    }

    [Fact]
    public void An_empty_key_is_refused_at_start() => Assert.Contains(
        "FunctionKeys__default is empty",
        Assert.Throws<HostStartException>(() => new FunctionKeys(Settings(("FunctionKeys:default", " ")))).Message,
        StringComparison.Ordinal);

    static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value))
            .Build();
}
