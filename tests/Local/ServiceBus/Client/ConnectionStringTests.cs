namespace Azure.Messaging.ServiceBus.Tests.Client;

public sealed class ConnectionStringTests
{
    const string Whole = "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=a+b/c=;EntityPath=deliveries";

    [Fact]
    public void Is_taken_apart_by_its_names()
    {
        var parts = ServiceBusConnectionStringProperties.Parse(Whole);
        Assert.Equal(
            ("name.servicebus.windows.net", new Uri("sb://name.servicebus.windows.net/"), "Root", "a+b/c=", "deliveries", null),
            (parts.FullyQualifiedNamespace, parts.Endpoint, parts.SharedAccessKeyName, parts.SharedAccessKey, parts.EntityPath, parts.SharedAccessSignature));
    }

    [Theory]
    [InlineData("endpoint = sb://localhost:61000 ; SHAREDACCESSKEYNAME=k; SharedAccessKey=v ;UseDevelopmentEmulator=TRUE;", "localhost", 61000)]
    [InlineData(";Endpoint=localhost;SharedAccessKeyName=k;SharedAccessKey=v;UseDevelopmentEmulator=true", "localhost", -1)]
    public void Names_are_read_in_any_case_with_spaces_and_the_port_is_kept(string text, string host, int port)
    {
        var parts = ServiceBusConnectionStringProperties.Parse(text);
        Assert.Equal((host, port, true), (parts.FullyQualifiedNamespace, parts.Endpoint!.Port, parts.UseDevelopmentEmulator));
    }

    [Theory]
    [InlineData("Endpoint")]
    [InlineData("Endpoint=")]
    [InlineData("Endpoint=sb://a b/")]
    [InlineData("Endpoint=sb://name;SharedAccessKey=;")]
    public void A_part_that_cannot_be_read_is_refused(string text) =>
        Assert.Throws<FormatException>(() => ServiceBusConnectionStringProperties.Parse(text));

    [Theory]
    [InlineData("SharedAccessKeyName=k;SharedAccessKey=v")]
    [InlineData("Endpoint=sb://name")]
    [InlineData("Endpoint=sb://name;SharedAccessKeyName=k")]
    [InlineData("Endpoint=sb://name;SharedAccessKeyName=k;SharedAccessKey=v;SharedAccessSignature=s")]
    public void A_client_wants_an_address_and_one_kind_of_key(string text) => Assert.Throws<ArgumentException>(() => new ServiceBusClient(text));

    [Fact]
    public void A_string_for_one_entity_opens_no_other()
    {
        var client = new ServiceBusClient(Whole);
        Assert.Equal("deliveries", client.CreateSender("deliveries").EntityPath);
        Assert.Throws<ArgumentException>(() => client.CreateSender("jobs"));
        Assert.Throws<ArgumentException>(() => client.CreateReceiver("jobs"));
    }

    [Fact]
    public void A_client_tells_what_it_was_made_of()
    {
        var client = new ServiceBusClient(Whole, new ServiceBusClientOptions { Identifier = "me" });
        Assert.Equal(
            ("name.servicebus.windows.net", "me", ServiceBusTransportType.AmqpTcp, false),
            (client.FullyQualifiedNamespace, client.Identifier, client.TransportType, client.IsClosed));
    }

    [Fact]
    public async Task After_the_end_of_the_client_nothing_is_made_of_it()
    {
        var client = new ServiceBusClient(Whole);
        var sender = client.CreateSender("deliveries");
        await client.DisposeAsync();
        Assert.True(client.IsClosed);
        Assert.Throws<ObjectDisposedException>(() => client.CreateSender("deliveries"));
        Assert.Throws<ObjectDisposedException>(() => client.CreateReceiver("deliveries"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sender.SendMessageAsync(new ServiceBusMessage("late")));
    }

    [Fact]
    public void A_receiver_names_its_sub_queue()
    {
        var client = new ServiceBusClient(Whole);
        Assert.Equal("deliveries/$DeadLetterQueue", client.CreateReceiver("deliveries", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }).EntityPath);
        Assert.Throws<ArgumentException>(() => client.CreateReceiver(" "));
    }
}
