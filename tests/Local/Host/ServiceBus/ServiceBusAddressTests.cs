using Atrium.Local.Host.ServiceBus;
using Atrium.Local.Host.Settings;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.ServiceBus;

public sealed class ServiceBusAddressTests
{
    [Theory]
    [InlineData("Bus", "text", null)]
    [InlineData("ConnectionStrings:Bus", "text", null)]
    [InlineData("AzureWebJobsBus", "text", null)]
    [InlineData("ConnectionStrings:AzureWebJobsBus", "text", null)]
    [InlineData("Bus:fullyQualifiedNamespace", null, "text")]
    [InlineData("AzureWebJobsBus:fullyQualifiedNamespace", null, "text")]
    public void Is_found_where_the_real_host_looks(string setting, string? connectionString, string? host) =>
        Assert.Equal(
            (setting, new ServiceBusAddress(connectionString, host)),
            ServiceBusAddress.Find(Settings((setting, "text")), "Bus"));

    [Fact]
    public void What_is_empty_does_not_stand_before_another() =>
        Assert.Equal(
            ("Bus", new ServiceBusAddress("text", null)),
            ServiceBusAddress.Find(
                Settings(("AzureWebJobsBus", ""), ("ConnectionStrings:Bus", ""), ("Bus", "text")), "Bus"));

    [Fact]
    public void A_missing_one_is_a_sentence_that_names_the_settings()
    {
        var message = Assert.Throws<HostStartException>(
            () => ServiceBusAddress.Of(Settings(), "Bus", "function F")).Message;
        Assert.Contains(
            "The function F takes its Service Bus connection from the setting Bus, which is not set.", message,
            StringComparison.Ordinal);
        Assert.Contains("Bus__fullyQualifiedNamespace", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_a_sentence_without_the_key()
    {
        await using var clients = new ServiceBusClients(
            Settings(("Bus", "Endpoint=sb://a.example;Key=secret")),
            ServiceBusSettings.Read(new(Settings(), "host.json")));
        var message = Assert.Throws<HostStartException>(() => clients.For("Bus", "q", "function F")).Message;
        Assert.Contains(
            "The Service Bus connection in the setting Bus, which the function F takes, cannot be used", message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_for_a_queue_is_for_no_other()
    {
        await using var clients = new ServiceBusClients(
            Settings(("Bus", "Endpoint=sb://a.example;SharedAccessKeyName=n;SharedAccessKey=secret;EntityPath=Own")),
            ServiceBusSettings.Read(new(Settings(), "host.json")));
        Assert.Equal("a.example", clients.For("Bus", "own", "function F").FullyQualifiedNamespace);
        var message = Assert.Throws<HostStartException>(() => clients.For("Bus", "other", "function G")).Message;
        Assert.StartsWith(
            "The Service Bus connection in the setting Bus, which the function G takes, is for Own alone", message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Triggers_with_the_same_connection_share_a_client()
    {
        await using var clients = new ServiceBusClients(
            Settings(("Bus:fullyQualifiedNamespace", "a.example")),
            ServiceBusSettings.Read(new(Settings(), "host.json")));
        Assert.Same(clients.For("Bus", "q", "function F"), clients.For("Bus", "q2", "function G"));
    }

    static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value))
            .Build();
}
