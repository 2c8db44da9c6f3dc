using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Moq;

namespace Atrium.Functions;

public sealed class ClientsAreConfiguredTests
{
    [Theory]
    [InlineData("ServiceBus", "garbage")]
    [InlineData("Tables", "garbage")]
    [InlineData("KeyVault:vaultUri", "abc")]
    public async Task A_setting_that_cannot_be_used_stops_the_app_before_the_worker_among_its_services_has_started(
        string name, string value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ServiceBus:fullyQualifiedNamespace"] = "example.servicebus.windows.net",
            ["Tables:serviceUri"] = "https://example.table.core.windows.net",
            ["KeyVault:vaultUri"] = "https://example.vault.azure.net",
            [name] = value,
        };
        var worker = new Mock<IHostedService>();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(worker.Object).AddSingleton(Some.Outages()).AddAzureClients();
        using var host = builder.Build();

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(name.Replace(":", "__", StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
        worker.Verify(service => service.StartAsync(It.IsAny<CancellationToken>()), Times.Never);
    }
}
