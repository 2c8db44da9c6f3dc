using Atrium.Functions.Egress;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Egress;

public sealed class EgressServicesTests
{
    [Fact]
    public void Has_safe_defaults()
    {
        var options = Options();

        Assert.Equal(TimeSpan.FromSeconds(15), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.ConnectTimeout);
        Assert.False(options.AllowLoopback);
        Assert.Equal([443, 8443], options.Ports);
    }

    [Fact]
    public void Reads_its_section()
    {
        var options = Options(
            ("Egress:Timeout", "00:00:30"), ("Egress:ConnectTimeout", "00:00:03"), ("Egress:AllowLoopback", "true"),
            ("Egress:AllowedPorts:0", "9443"));

        Assert.Equal(TimeSpan.FromSeconds(30), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(3), options.ConnectTimeout);
        Assert.True(options.AllowLoopback);
        Assert.Equal([9443], options.Ports);
    }

    [Theory]
    [InlineData("Egress:Timeout", "00:00:00.9")]
    [InlineData("Egress:Timeout", "00:01:01")]
    [InlineData("Egress:ConnectTimeout", "00:00:00")]
    [InlineData("Egress:ConnectTimeout", "00:01:01")]
    [InlineData("Egress:AllowedPorts:0", "0")]
    [InlineData("Egress:AllowedPorts:0", "65536")]
    public void Refuses_a_value_out_of_bounds_and_names_the_setting_as_it_is_written(string key, string value)
    {
        var e = Assert.Throws<OptionsValidationException>(() => Options((key, value)));

        Assert.Contains(string.Join("__", key.Split(':')[..2]), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_at_start_and_gives_everybody_the_same_client()
    {
        using var provider = Provider([]);
        provider.GetRequiredService<IStartupValidator>().Validate();
        using var broken = Provider([("Egress:Timeout", "00:00:00")]);

        Assert.Same(provider.GetRequiredService<EgressClient>(), provider.GetRequiredService<EgressClient>());
        Assert.Throws<OptionsValidationException>(() => broken.GetRequiredService<IStartupValidator>().Validate());
    }

    static EgressOptions Options(params (string Key, string Value)[] settings)
    {
        using var provider = Provider(settings);
        return provider.GetRequiredService<IOptions<EgressOptions>>().Value;
    }

    static ServiceProvider Provider((string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value))
            .Build())
        .AddLogging()
        .AddSingleton(TimeProvider.System)
        .AddEgress()
        .BuildServiceProvider();
}
