using Atrium.Functions.Access;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Access;

public sealed class AccessServicesTests
{
    [Fact]
    public void Believes_nobody_unless_told_to()
    {
        var options = Options();

        Assert.False(options.SignedInUsers);
        Assert.Equal("tenant", options.TenantClaim);
    }

    [Fact]
    public void Reads_its_section()
    {
        var options = Options(("Access:SignedInUsers", "true"), ("Access:TenantClaim", "org"));

        Assert.True(options.SignedInUsers);
        Assert.Equal("org", options.TenantClaim);
    }

    [Fact]
    public void A_switch_that_is_neither_on_nor_off_is_refused_at_start()
    {
        using var provider = Provider([("Access:SignedInUsers", "perhaps")]);

        var e = Assert.Throws<InvalidOperationException>(
            () => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("Access:SignedInUsers", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_claim_without_a_name_is_refused_at_start_where_it_matters(string claim)
    {
        using var on = Provider([("Access:SignedInUsers", "true"), ("Access:TenantClaim", claim)]);
        using var off = Provider([("Access:TenantClaim", claim)]);

        var e = Assert.Throws<OptionsValidationException>(() => on.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains("TenantClaim", e.Message, StringComparison.Ordinal);
        off.GetRequiredService<IStartupValidator>().Validate();
    }

    static AccessOptions Options(params (string Key, string Value)[] settings)
    {
        using var provider = Provider(settings);
        return provider.GetRequiredService<IOptions<AccessOptions>>().Value;
    }

    static ServiceProvider Provider((string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(
            new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build())
        .AddAccess()
        .BuildServiceProvider();
}
