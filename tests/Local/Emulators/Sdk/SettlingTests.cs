using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class SettlingTests : IAsyncLifetime
{
    /// <summary>A lock of a minute ends in 0.6 s.</summary>
    const double FastClock = 100;

    Emulator _emulator = null!;
    ServiceBusClient _client = null!;
    ServiceBusReceiver _receiver = null!;
    ServiceBusReceiver _deadLetters = null!;

    public Task InitializeAsync() => StartAsync(1);

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Fact]
    public async Task A_completed_message_is_gone()
    {
        var message = await SendAndReceiveAsync();
        await _receiver.CompleteMessageAsync(message);
        Assert.Null(await _receiver.PeekMessageAsync());
        Assert.Equal(
            ServiceBusFailureReason.MessageLockLost,
            await Messages.ReasonOf(() => _receiver.CompleteMessageAsync(message)));
    }

    [Fact]
    public async Task An_abandoned_message_comes_back_counted_and_changed()
    {
        var message = await SendAndReceiveAsync();
        await _receiver.AbandonMessageAsync(message, new Dictionary<string, object> { ["why"] = "not yet" });
        var again = await _receiver.NextAsync();
        Assert.Equal(
            (2, "not yet", message.SequenceNumber),
            (again.DeliveryCount, again.ApplicationProperties["why"], again.SequenceNumber));
        Assert.NotEqual(message.LockToken, again.LockToken);
    }

    [Fact]
    public async Task A_message_is_settled_by_its_lock_token_alone()
    {
        var message = await SendAndReceiveAsync();
        await _receiver.AbandonMessageAsync(TokenOf(message));
        var again = await _receiver.NextAsync();
        Assert.Equal(
            (message.SequenceNumber, 2, "body"), (again.SequenceNumber, again.DeliveryCount, again.Body.ToString()));
        await _receiver.CompleteMessageAsync(TokenOf(again));
        Assert.Null(await _receiver.PeekMessageAsync());

        static ServiceBusReceivedMessage TokenOf(ServiceBusReceivedMessage message) =>
            ServiceBusModelFactory.ServiceBusReceivedMessage(lockTokenGuid: Guid.Parse(message.LockToken));
    }

    [Fact]
    public async Task A_message_abandoned_too_often_is_dead_lettered()
    {
        var message = await SendAndReceiveAsync();
        await _receiver.AbandonMessageAsync(message);
        await _receiver.AbandonMessageAsync(await _receiver.NextAsync());
        await _receiver.AbandonMessageAsync(await _receiver.NextAsync());
        Assert.Equal("MaxDeliveryCountExceeded", (await _deadLetters.NextAsync()).DeadLetterReason);
    }

    [Fact]
    public async Task A_dead_lettered_message_tells_why()
    {
        await _receiver.DeadLetterMessageAsync(await SendAndReceiveAsync(), "Broken", "It cannot be read.");
        var dead = await _deadLetters.NextAsync();
        Assert.Equal(
            ("Broken", "It cannot be read.", "body"),
            (dead.DeadLetterReason, dead.DeadLetterErrorDescription, dead.Body.ToString()));
        await _deadLetters.CompleteMessageAsync(dead);
        Assert.Null(await _deadLetters.PeekMessageAsync());
    }

    [Fact]
    public async Task Dead_lettering_needs_no_reason_and_takes_properties()
    {
        await _receiver.DeadLetterMessageAsync(await SendAndReceiveAsync());
        Assert.Null((await _deadLetters.NextAsync()).DeadLetterReason);
        await _receiver.DeadLetterMessageAsync(
            await SendAndReceiveAsync(), new Dictionary<string, object> { ["a"] = 1L }, "Broken");
        var dead = await _deadLetters.NextAsync();
        Assert.Equal(("Broken", 1L), (dead.DeadLetterReason, dead.ApplicationProperties["a"]));
    }

    [Fact]
    public async Task A_deferred_message_is_fetched_by_its_number_and_settled()
    {
        var message = await SendAndReceiveAsync();
        await _receiver.DeferMessageAsync(message, new Dictionary<string, object> { ["until"] = "later" });
        // The next comes before it.
        Assert.NotEqual(message.SequenceNumber, (await SendAndReceiveAsync()).SequenceNumber);
        var fetched = await _receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        Assert.Equal(
            ("body", "later", message.SequenceNumber),
            (fetched.Body.ToString(), fetched.ApplicationProperties["until"], fetched.SequenceNumber));
        await _receiver.CompleteMessageAsync(fetched);
        Assert.Equal(
            ServiceBusFailureReason.MessageNotFound,
            await Messages.ReasonOf(() => _receiver.ReceiveDeferredMessageAsync(message.SequenceNumber)));
    }

    [Fact]
    public async Task A_message_deferred_in_the_dead_letter_queue_is_fetched_from_there()
    {
        await _receiver.DeadLetterMessageAsync(await SendAndReceiveAsync(), "Broken");
        var dead = await _deadLetters.NextAsync();
        await _deadLetters.DeferMessageAsync(dead);
        Assert.Equal(ServiceBusMessageState.Deferred, (await _deadLetters.PeekMessageAsync())!.State);
        var fetched = await _deadLetters.ReceiveDeferredMessageAsync(dead.SequenceNumber);
        Assert.Equal(("body", "Broken"), (fetched.Body.ToString(), fetched.DeadLetterReason));
        await _deadLetters.CompleteMessageAsync(fetched);
        Assert.Null(await _deadLetters.PeekMessageAsync());
    }

    [Fact]
    public async Task A_fetched_message_can_be_abandoned_and_dead_lettered()
    {
        var message = await SendAndReceiveAsync();
        await _receiver.DeferMessageAsync(message);
        var fetched = await _receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        await _receiver.AbandonMessageAsync(fetched, new Dictionary<string, object> { ["why"] = "again" });
        fetched = await _receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        Assert.Equal("again", fetched.ApplicationProperties["why"]);
        await _receiver.DeadLetterMessageAsync(fetched, "Broken", "words");
        var dead = await _deadLetters.NextAsync();
        Assert.Equal(("Broken", "words"), (dead.DeadLetterReason, dead.DeadLetterErrorDescription));
    }

    [Fact]
    public async Task A_renewed_lock_lasts_longer()
    {
        var message = await SendAndReceiveAsync();
        var until = message.LockedUntil;
        await _receiver.RenewMessageLockAsync(message);
        Assert.True(message.LockedUntil > until, $"{message.LockedUntil:O} is not after {until:O}");
        await _receiver.CompleteMessageAsync(message);
        Assert.Equal(
            ServiceBusFailureReason.MessageLockLost,
            await Messages.ReasonOf(() => _receiver.RenewMessageLockAsync(message)));
    }

    [Fact]
    public async Task A_lock_that_has_ended_is_lost()
    {
        await DisposeAsync();
        await StartAsync(FastClock);
        var message = await SendAndReceiveAsync();
        var again = await _receiver.NextAsync();
        Assert.Equal((message.SequenceNumber, 2), (again.SequenceNumber, again.DeliveryCount));
        Assert.Equal(
            ServiceBusFailureReason.MessageLockLost,
            await Messages.ReasonOf(() => _receiver.CompleteMessageAsync(message)));
        Assert.Equal(
            ServiceBusFailureReason.MessageLockLost,
            await Messages.ReasonOf(() => _receiver.AbandonMessageAsync(message)));
    }

    [Fact]
    public async Task Any_receiver_of_the_queue_can_settle_a_message()
    {
        var message = await SendAndReceiveAsync();
        await _client.CreateReceiver(Emulator.Queue).CompleteMessageAsync(message);
        Assert.Null(await _receiver.PeekMessageAsync());
    }

    async Task StartAsync(double clockSpeed)
    {
        _emulator = await Emulator.StartAsync(clockSpeed);
        _client = _emulator.Client();
        _receiver = _client.CreateReceiver(Emulator.Queue);
        _deadLetters = _client.CreateReceiver(
            Emulator.Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
    }

    async Task<ServiceBusReceivedMessage> SendAndReceiveAsync()
    {
        await using var sender = _client.CreateSender(Emulator.Queue);
        await sender.SendMessageAsync(new ServiceBusMessage("body"));
        return await _receiver.NextAsync();
    }
}
