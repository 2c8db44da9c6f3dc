using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions;

public sealed class UnknownSettingsTests
{
    [Theory]
    [InlineData("Egress:Timeot", "Egress__Timeot", "Egress__Timeout")]
    [InlineData("Egress:AllowedPort:0", "Egress__AllowedPort", "Egress__AllowedPorts")]
    [InlineData("Deliveries:Lock", "Deliveries__Lock", "Deliveries__LockDuration")]
    [InlineData("DeadLetters:Retention", "DeadLetters__Retention", "DeadLetters__RetentionDays")]
    [InlineData("Credits:PerSec", "Credits__PerSec", "Credits__PerSecond")]
    [InlineData("Portal:FrameAncestor:0", "Portal__FrameAncestor", "Portal__FrameAncestors")]
    [InlineData("Access:SignedInUser", "Access__SignedInUser", "Access__SignedInUsers")]
    [InlineData("Backup:containerUrl", "Backup__containerUrl", "Backup__containerUri")]
    [InlineData("KeyVault:uri", "KeyVault__uri", "KeyVault__vaultUri")]
    [InlineData("Tables:uri", "Tables__uri", "Tables__serviceUri")]
    public async Task A_misspelt_setting_is_named_with_those_that_there_are(string key, string named, string known)
    {
        var line = Assert.Single(await LinesAsync(key));

        Assert.Contains($"no setting {named},", line, StringComparison.Ordinal);
        Assert.Contains(known, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Egress:Timeout")]
    [InlineData("egress:timeout")]
    [InlineData("Egress:AllowedPorts:0")]
    [InlineData("Deliveries:LockDuration")]
    [InlineData("Credits:PerSecond")]
    [InlineData("KeyVault:vaultUri")]
    [InlineData("Backup:containerUri")]
    [InlineData("Tables")]
    [InlineData("Tables:serviceUri")]
    [InlineData("ServiceBus:credential")]
    [InlineData("AzureFunctionsJobHost:extensions:serviceBus:prefetchCount")]
    [InlineData("SomebodyElses:Timeot")]
    public async Task A_known_setting_and_those_of_others_are_passed_over(string key) =>
        Assert.Empty(await LinesAsync(key));

    static async Task<IReadOnlyList<string>> LinesAsync(string key)
    {
        var log = new FakeLogger<UnknownSettings>();
        var sections = new ServiceCollection().AddAtrium()
            .Where(service => service.ServiceType == typeof(SettingsSection))
            .Select(service => (SettingsSection)service.ImplementationInstance!);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, "1")]).Build();
        await new UnknownSettings(sections, configuration, log).StartAsync(default);
        return log.Lines;
    }
}
