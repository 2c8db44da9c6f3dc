using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class ConnectionTests
{
    static readonly ServiceBusRetryOptions Quick =
        new() { Delay = TimeSpan.FromMilliseconds(50), MaxRetries = 100, MaxDelay = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task Senders_and_receivers_go_on_after_the_broker_was_restarted()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client(Quick);
        var sender = client.CreateSender(Emulator.Queue);
        var receiver = client.CreateReceiver(Emulator.Queue);
        await sender.SendMessagesAsync(Messages.Numbered(2));
        var before = await receiver.NextAsync();

        await emulator.StopAsync();
        var send = sender.SendMessageAsync(new ServiceBusMessage { MessageId = "after" });
        await emulator.StartAgainAsync();
        await send;

        Assert.Equal(
            ServiceBusFailureReason.MessageLockLost,
            await Messages.ReasonOf(() => receiver.CompleteMessageAsync(before)));
        List<string?> got = [];
        while (!got.Contains("after"))
        {
            var message = await receiver.NextAsync();
            got.Add(message.MessageId);
            await receiver.CompleteMessageAsync(message);
        }

        Assert.Equal(["0", "1", "after"], got);
    }

    [Fact]
    public async Task A_call_that_waits_while_the_connection_breaks_gets_its_message()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var relay = new Relay(emulator.Port);
        await using var client = Through(relay, emulator);
        await using var direct = emulator.Client();
        var receiver = client.CreateReceiver(Emulator.Queue);
        var sender = direct.CreateSender(Emulator.Queue);
        await sender.SendMessageAsync(new ServiceBusMessage("before"));
        await receiver.CompleteMessageAsync(await receiver.NextAsync());

        var receive = receiver.NextAsync();
        relay.Cut();
        await sender.SendMessageAsync(new ServiceBusMessage("body"));

        Assert.Equal("body", (await receive).Body.ToString());
    }

    [Fact]
    public async Task A_message_can_be_settled_by_another_receiver_after_its_connection_broke()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var relay = new Relay(emulator.Port);
        await using var client = Through(relay, emulator);
        await client.CreateSender(Emulator.Queue).SendMessagesAsync(Messages.Numbered(3));
        var broken = client.CreateReceiver(Emulator.Queue);
        List<ServiceBusReceivedMessage> messages = [];
        while (messages.Count < 3) messages.AddRange(await broken.ReceiveMessagesAsync(3, Patience.Limit));

        relay.Cut();
        var receiver = client.CreateReceiver(Emulator.Queue);
        await receiver.CompleteMessageAsync(messages[0]);
        await receiver.DeadLetterMessageAsync(messages[1], "Broken", "words");
        await receiver.AbandonMessageAsync(messages[2]);

        var again = await receiver.NextAsync();
        Assert.Equal(("2", 2), (again.MessageId, again.DeliveryCount));
        var dead = await client.DeadLetters(Emulator.Queue).NextAsync();
        Assert.Equal(
            ("1", "Broken", "words"), (dead.MessageId, dead.DeadLetterReason, dead.DeadLetterErrorDescription));
    }

    [Fact]
    public async Task Where_locks_end_with_their_link_a_message_cannot_be_settled_after_that()
    {
        await using var emulator = await Emulator.StartAsync(locksEndWithLink: true);
        await using var client = emulator.Client(Quick);
        await client.CreateSender(Emulator.Queue).SendMessagesAsync(Messages.Numbered(2));
        var closed = client.CreateReceiver(Emulator.Queue);
        var message = await closed.NextAsync();
        await closed.CloseAsync();

        var receiver = client.CreateReceiver(Emulator.Queue);
        Assert.Equal(
            ServiceBusFailureReason.MessageLockLost,
            await Messages.ReasonOf(() => receiver.CompleteMessageAsync(message)));
        var next = await receiver.NextAsync();
        Assert.Equal("1", next.MessageId);
        await receiver.CompleteMessageAsync(next);
        Assert.Equal("0", (await receiver.PeekMessageAsync()).MessageId);
    }

    [Fact]
    public async Task One_client_has_one_connection()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var relay = new Relay(emulator.Port);
        await using var client = Through(relay, emulator);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await client.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage());
            await client.CreateReceiver(Emulator.Queue).PeekMessageAsync();
        }));
        Assert.Equal(1, relay.Connections);
    }

    static ServiceBusClient Through(Relay relay, Emulator emulator) => new(
        emulator.ConnectionString,
        new ServiceBusClientOptions
        {
            CustomEndpointAddress = new Uri($"sb://127.0.0.1:{relay.Port}"),
            RetryOptions = Quick
        });
}
