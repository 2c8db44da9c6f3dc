using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atrium.Functions;

public sealed class CheckedSettingsTests
{
    [Theory]
    [InlineData("Access:TenantClaim", "", "Access__TenantClaim is empty")]
    [InlineData("Credits:PerSecond", "79", "Credits__PerSecond must be between 80 and 100000.")]
    [InlineData("DeadLetters:RetentionDays", "0", "DeadLetters__RetentionDays must be between 1 and 3650.")]
    [InlineData(
        "Deliveries:LockDuration", "00:00:04", "Deliveries__LockDuration must be between 00:00:05 and 00:05:00.")]
    [InlineData("Egress:Timeout", "00:00:00", "Egress__Timeout must be between 00:00:01 and 00:01:00.")]
    [InlineData("Egress:ConnectTimeout", "00:02:00", "Egress__ConnectTimeout must be between 00:00:00.1")]
    [InlineData("Egress:AllowedPorts:0", "0", "Egress__AllowedPorts__N holds 0")]
    [InlineData("Portal:Accent", "yellow", "Portal__Accent must be")]
    [InlineData(
        "AzureFunctionsJobHost:extensions:serviceBus:maxConcurrentCalls", "0",
        "AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls must be from 1 to 10000.")]
    public void A_value_that_cannot_be_used_stops_the_app_and_is_named_as_an_admin_writes_it(
        string key, string value, string sentence)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Access:SignedInUsers", "true"), new(key, value)]).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddAtrium()
            .BuildServiceProvider();

        // Together with others, where two settings are compared.
        var refused = Assert.ThrowsAny<Exception>(
            () => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }
}
