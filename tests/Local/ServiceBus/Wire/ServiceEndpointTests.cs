using Azure.Messaging.ServiceBus.Wire;

namespace Azure.Messaging.ServiceBus.Tests.Wire;

public sealed class ServiceEndpointTests
{
    const string Key = "SharedAccessKeyName=k;SharedAccessKey=v";

    [Theory]
    [InlineData($"Endpoint=sb://name.servicebus.windows.net/;{Key}", "name.servicebus.windows.net", 5671, true)]
    [InlineData($"Endpoint=sb://localhost;{Key};UseDevelopmentEmulator=true", "localhost", 5672, false)]
    [InlineData($"Endpoint=sb://localhost:61000;{Key};UseDevelopmentEmulator=true", "localhost", 61000, false)]
    public void The_service_is_encrypted_and_the_emulator_is_not(string text, string host, int port, bool tls) =>
        Assert.Equal(new ServiceEndpoint(host, host, port, tls), ServiceEndpoint.Of(ServiceBusConnectionStringProperties.Parse(text), null));

    [Theory]
    [InlineData("sb://10.0.0.4:8443", 8443, true)]
    [InlineData("amqps://10.0.0.4", 5671, true)]
    [InlineData("amqp://10.0.0.4", 5672, false)]
    public void An_address_of_ones_own_is_connected_to_but_not_asked_for(string address, int port, bool tls) =>
        Assert.Equal(new ServiceEndpoint("name", "10.0.0.4", port, tls), ServiceEndpoint.Of("name", new Uri(address)));

    [Fact]
    public void Tokens_are_asked_for_by_the_namespace_and_the_entity() =>
        Assert.Equal("amqps://name.servicebus.windows.net/deliveries", ServiceEndpoint.Of("name.servicebus.windows.net", null).Audience("deliveries"));
}
