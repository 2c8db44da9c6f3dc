using Moq;

namespace Azure.Messaging.ServiceBus.Tests.Client;

public sealed class MockTests
{
    [Fact]
    public async Task Client_sender_and_receiver_can_be_mocked()
    {
        var sender = new Mock<ServiceBusSender>();
        var receiver = new Mock<ServiceBusReceiver>();
        var client = new Mock<ServiceBusClient>();
        var message = ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: "id");
        receiver.Setup(r => r.ReceiveMessageAsync(It.IsAny<TimeSpan?>(), It.IsAny<CancellationToken>())).ReturnsAsync(message);
        client.Setup(c => c.CreateSender("deliveries")).Returns(sender.Object);
        client.Setup(c => c.CreateReceiver("deliveries")).Returns(receiver.Object);

        await client.Object.CreateSender("deliveries").SendMessageAsync(new ServiceBusMessage());

        Assert.Same(message, await client.Object.CreateReceiver("deliveries").ReceiveMessageAsync());
        sender.Verify(s => s.SendMessageAsync(It.IsAny<ServiceBusMessage>(), default), Times.Once);
    }

    [Fact]
    public async Task They_can_be_subclassed()
    {
        var sender = new RecordingSender();
        await sender.SendMessageAsync(new ServiceBusMessage { MessageId = "id" });
        await sender.DisposeAsync();
        Assert.Equal(["id"], sender.Sent);
        Assert.True(sender.IsClosed);
    }

    sealed class RecordingSender : ServiceBusSender
    {
        public List<string?> Sent { get; } = [];

        public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
        {
            Sent.Add(message.MessageId);
            return Task.CompletedTask;
        }
    }
}
