using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class EndpointBoundsTests
{
    const string Calls = "AzureFunctionsJobHost:extensions:serviceBus:maxConcurrentCalls";

    [Fact]
    public void What_the_host_allows_by_default_is_what_host_json_says() =>
        Assert.Equal(HostFile.MaxConcurrentCalls, new HostCallsOptions().MaxConcurrentCalls);

    [Theory]
    [InlineData(128, 112, 56, 96, 64, 32, 8, 16, 32, 8, 14)]
    [InlineData(16, 14, 7, 12, 8, 4, 1, 2, 4, 1, 1)]
    [InlineData(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    public void Bounds_follow_from_the_calls_that_the_host_makes_at_a_time(
        int calls, int all, int most, int tenant, int unproven, int unprovenOfTenant, int unprovenOfEndpoint,
        int stragglers, int waiting, int scarce, int blameless)
    {
        var bounds = new EndpointBounds(calls, TimeSpan.FromSeconds(15));
        Assert.Equal(
            [all, most, tenant, unproven, unprovenOfTenant, unprovenOfEndpoint, stragglers, waiting, scarce,
                blameless],
            [bounds.MostInAll, bounds.Most, bounds.MostOfTenant, bounds.MostUnproven, bounds.MostUnprovenOfTenant,
                bounds.MostUnprovenOfEndpoint, bounds.MostStragglers, bounds.MostWaiting, bounds.Scarce,
                bounds.Blameless]);
    }

    [Theory]
    [InlineData(1, 30, 28)]
    [InlineData(15, 30, 28)]
    [InlineData(25, 50, 33.333)]
    [InlineData(45, 90, 60)]
    [InlineData(60, 120, 80)]
    public void Window_and_first_wait_follow_from_the_time_out(int timeout, double window, double firstWait)
    {
        var bounds = new EndpointBounds(128, TimeSpan.FromSeconds(timeout));
        Assert.Equal(window, bounds.EvidenceWindow.TotalSeconds);
        Assert.Equal(firstWait, bounds.FirstWait.TotalSeconds, 0.001);
    }

    [Fact]
    public void They_follow_the_settings_in_force()
    {
        using var provider = Provider((Calls, "16"), ("Egress:Timeout", "00:00:25"));
        provider.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal(
            new EndpointBounds(16, TimeSpan.FromSeconds(25)), provider.GetRequiredService<EndpointBounds>());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("10001")]
    public void A_number_of_calls_that_cannot_be_is_refused_at_start_by_the_name_of_its_setting(string calls)
    {
        using var provider = Provider((Calls, calls));

        var e = Assert.Throws<OptionsValidationException>(
            () => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(Calls.Replace(":", "__", StringComparison.Ordinal), e.Message, StringComparison.Ordinal);
    }

    static ServiceProvider Provider(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build())
        .AddDeliveries().AddEgress().BuildServiceProvider();
}
