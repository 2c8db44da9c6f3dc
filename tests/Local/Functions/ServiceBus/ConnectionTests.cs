using Atrium.Local.Functions.Tests.Support;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Functions.Tests.ServiceBus;

public sealed class ConnectionTests
{
    [Theory]
    [InlineData("Bus", "text", null)]
    [InlineData("ConnectionStrings:Bus", "text", null)]
    [InlineData("AzureWebJobsBus", "text", null)]
    [InlineData("Bus:fullyQualifiedNamespace", null, "text")]
    [InlineData("AzureWebJobsBus:fullyQualifiedNamespace", null, "text")]
    public void Is_found_where_the_real_host_looks(string setting, string? connectionString, string? host) =>
        Assert.Equal(new(connectionString, host), ServiceBusAddress.Find(Settings((setting, "text")), "Bus", "function F"));

    [Fact]
    public void A_missing_one_is_a_sentence_that_names_the_settings()
    {
        var message = Assert.Throws<HostStartException>(() => ServiceBusAddress.Find(Settings(), "Bus", "function F")).Message;
        Assert.Contains("The function F takes its Service Bus connection from the setting Bus, which is not set.", message, StringComparison.Ordinal);
        Assert.Contains("Bus__fullyQualifiedNamespace", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "the setting Bus, which is not set")]
    [InlineData("Endpoint", "The Service Bus connection in the setting Bus")]
    public async Task Is_needed_to_start_and_its_lack_stops_what_the_app_has_started(string? connection, string sentence)
    {
        var host = RunningHost.Build([typeof(QueueFunctions.Texts)], builder => builder.Configuration["Bus"] = connection);
        var message = (await Assert.ThrowsAsync<HostStartException>(() => host.Host.StartAsync())).Message;
        Assert.Contains(sentence, message, StringComparison.Ordinal);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_namespace_needs_an_identity()
    {
        var host = RunningHost.Build([typeof(QueueFunctions.Texts)], builder => builder.Configuration["Bus:fullyQualifiedNamespace"] = "a.example");
        Assert.Contains("TokenCredential", (await Assert.ThrowsAsync<HostStartException>(() => host.Host.StartAsync())).Message, StringComparison.Ordinal);
        await host.DisposeAsync();
    }

    static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build();
}
