using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class SendingTests : IAsyncLifetime
{
    Emulator _emulator = null!;
    ServiceBusClient _client = null!;
    ServiceBusSender _sender = null!;
    ServiceBusReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _emulator = await Emulator.StartAsync();
        _client = _emulator.Client();
        _sender = _client.CreateSender(Emulator.Queue);
        _receiver = _client.CreateReceiver(
            Emulator.Queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Fact]
    public async Task Several_messages_arrive_in_order()
    {
        await _sender.SendMessagesAsync(Messages.Numbered(5));
        Assert.Equal(["0", "1", "2", "3", "4"], (await ReceiveAsync(5)).Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_batch_filled_to_the_brim_is_taken()
    {
        using var batch = await _sender.CreateMessageBatchAsync();
        var count = 0;
        while (batch.TryAddMessage(new ServiceBusMessage(new byte[40_000]) { MessageId = $"{count}" })) count++;
        Assert.InRange(batch.SizeInBytes, batch.MaxSizeInBytes - 41_000, batch.MaxSizeInBytes);
        await _sender.SendMessagesAsync(batch);
        Assert.Equal(
            Enumerable.Range(0, count).Select(i => $"{i}"), (await ReceiveAsync(count)).Select(m => m.MessageId));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_and_the_sender_goes_on()
    {
        var large = Enumerable.Range(0, 3).Select(_ => new ServiceBusMessage(new byte[500_000]));
        Assert.Equal(
            ServiceBusFailureReason.MessageSizeExceeded,
            await Messages.ReasonOf(() => _sender.SendMessagesAsync(large)));
        await _sender.SendMessageAsync(new ServiceBusMessage("small"));
        Assert.Equal("small", (await _receiver.NextAsync()).Body.ToString());
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<ServiceBusException>(
            () => _client.CreateSender("no-such-queue").SendMessageAsync(new ServiceBusMessage()));
        Assert.Equal((ServiceBusFailureReason.MessagingEntityNotFound, false), (failure.Reason, failure.IsTransient));
        Assert.Equal(
            ServiceBusFailureReason.MessagingEntityNotFound,
            await Messages.ReasonOf(() => _client.CreateReceiver("no-such-queue").ReceiveMessageAsync()));
        Assert.Equal(
            ServiceBusFailureReason.MessagingEntityNotFound,
            await Messages.ReasonOf(() => _client.CreateReceiver("no-such-queue").PeekMessageAsync()));
    }

    [Fact]
    public async Task Scheduled_messages_wait_and_can_be_cancelled()
    {
        var later = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var one = await _sender.ScheduleMessageAsync(new ServiceBusMessage("one"), later);
        var two = await _sender.ScheduleMessagesAsync(
            [new ServiceBusMessage("two"), new ServiceBusMessage("three")], later);
        var waiting = await _receiver.PeekMessagesAsync(10);
        Assert.Equal(
            [("one", one), ("two", two[0]), ("three", two[1])],
            waiting.Select(m => (m.Body.ToString(), m.SequenceNumber)));
        Assert.All(
            waiting, m => Assert.Equal((ServiceBusMessageState.Scheduled, later), (m.State, m.ScheduledEnqueueTime)));

        await _sender.CancelScheduledMessageAsync(one);
        await _sender.CancelScheduledMessagesAsync(two);

        Assert.Empty(await _receiver.PeekMessagesAsync(10, 0));
        Assert.Equal(
            ServiceBusFailureReason.MessageNotFound,
            await Messages.ReasonOf(() => _sender.CancelScheduledMessageAsync(one)));
    }

    [Fact]
    public async Task A_message_sent_for_later_comes_when_it_is_due()
    {
        var due = TimeProvider.System.GetUtcNow().AddMilliseconds(400);
        await _sender.SendMessageAsync(new ServiceBusMessage("later") { ScheduledEnqueueTime = due });
        var state = (await _receiver.PeekMessageAsync())!.State;
        // A machine that is busy may have taken longer to ask than the message had to wait.
        Assert.True(
            state == ServiceBusMessageState.Scheduled || TimeProvider.System.GetUtcNow() >= due,
            $"{state} before it is due");
        Assert.Equal("later", (await _receiver.NextAsync()).Body.ToString());
    }

    [Fact]
    public async Task A_duplicate_is_reported_as_sent_and_dropped()
    {
        var sender = _client.CreateSender(Emulator.Detecting);
        await sender.SendMessageAsync(new ServiceBusMessage("first") { MessageId = "same" });
        await sender.SendMessageAsync(new ServiceBusMessage("second") { MessageId = "same" });
        await sender.SendMessageAsync(new ServiceBusMessage("third") { MessageId = "other" });
        var seen = await _client.CreateReceiver(Emulator.Detecting).PeekMessagesAsync(10);
        Assert.Equal(["first", "third"], seen.Select(m => m.Body.ToString()));
    }

    async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(int count)
    {
        List<ServiceBusReceivedMessage> all = [];
        while (all.Count < count) all.AddRange(await _receiver.ReceiveMessagesAsync(count - all.Count, Patience.Limit));
        return all;
    }
}
