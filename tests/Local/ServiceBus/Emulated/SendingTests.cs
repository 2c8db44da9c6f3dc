namespace Azure.Messaging.ServiceBus.Tests.Emulated;

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
        _receiver = _client.CreateReceiver(Emulator.Queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Fact]
    public async Task One_message_arrives_as_it_was_sent()
    {
        await _sender.SendMessageAsync(new ServiceBusMessage("body")
        {
            MessageId = "id", Subject = "subject", CorrelationId = "correlation", ContentType = "text/plain", TimeToLive = TimeSpan.FromHours(3),
            ApplicationProperties = { ["tenant"] = "t1", ["attempt"] = 4 },
        });
        var got = await _receiver.NextAsync();
        Assert.Equal(("body", "id", "subject", "correlation", "text/plain"), (got.Body.ToString(), got.MessageId, got.Subject, got.CorrelationId, got.ContentType));
        Assert.Equal((TimeSpan.FromHours(3), "t1", 4), (got.TimeToLive, got.ApplicationProperties["tenant"], got.ApplicationProperties["attempt"]));
        Assert.Equal((got.EnqueuedTime + got.TimeToLive, 1, ServiceBusMessageState.Active), (got.ExpiresAt, got.DeliveryCount, got.State));
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
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), (await ReceiveAsync(count)).Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_batch_cannot_be_larger_than_the_service_takes()
    {
        using var batch = await _sender.CreateMessageBatchAsync();
        var options = new CreateMessageBatchOptions { MaxSizeInBytes = batch.MaxSizeInBytes + 1 };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _sender.CreateMessageBatchAsync(options));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_and_the_sender_goes_on()
    {
        var large = Enumerable.Range(0, 3).Select(_ => new ServiceBusMessage(new byte[500_000]));
        Assert.Equal(ServiceBusFailureReason.MessageSizeExceeded, await Messages.ReasonOf(() => _sender.SendMessagesAsync(large)));
        await _sender.SendMessageAsync(new ServiceBusMessage("small"));
        Assert.Equal("small", (await _receiver.NextAsync()).Body.ToString());
    }

    [Fact]
    public async Task Nothing_to_send_is_sent_at_once()
    {
        var nowhere = _client.CreateSender("no-such-queue");
        await nowhere.SendMessagesAsync([]);
        await nowhere.CancelScheduledMessagesAsync([]);
        Assert.Empty(await nowhere.ScheduleMessagesAsync([], DateTimeOffset.UnixEpoch));
        await Assert.ThrowsAsync<ArgumentNullException>(() => nowhere.SendMessageAsync(null!));
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => _client.CreateSender("no-such-queue").SendMessageAsync(new ServiceBusMessage()));
        Assert.Equal((ServiceBusFailureReason.MessagingEntityNotFound, false, "no-such-queue"), (failure.Reason, failure.IsTransient, failure.EntityPath));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await Messages.ReasonOf(() => _client.CreateReceiver("no-such-queue").ReceiveMessageAsync()));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await Messages.ReasonOf(() => _client.CreateReceiver("no-such-queue").PeekMessageAsync()));
    }

    [Fact]
    public async Task Scheduled_messages_wait_and_can_be_cancelled()
    {
        var later = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var one = await _sender.ScheduleMessageAsync(new ServiceBusMessage("one"), later);
        var two = await _sender.ScheduleMessagesAsync([new ServiceBusMessage("two"), new ServiceBusMessage("three")], later);
        var waiting = await _receiver.PeekMessagesAsync(10);
        Assert.Equal([("one", one), ("two", two[0]), ("three", two[1])], waiting.Select(m => (m.Body.ToString(), m.SequenceNumber)));
        Assert.All(waiting, m => Assert.Equal((ServiceBusMessageState.Scheduled, later), (m.State, m.ScheduledEnqueueTime)));

        await _sender.CancelScheduledMessageAsync(one);
        await _sender.CancelScheduledMessagesAsync(two);

        Assert.Empty(await _receiver.PeekMessagesAsync(10, 0));
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, await Messages.ReasonOf(() => _sender.CancelScheduledMessageAsync(one)));
    }

    [Fact]
    public async Task A_message_sent_for_later_comes_when_it_is_due()
    {
        var due = TimeProvider.System.GetUtcNow().AddMilliseconds(400);
        await _sender.SendMessageAsync(new ServiceBusMessage("later") { ScheduledEnqueueTime = due });
        var state = (await _receiver.PeekMessageAsync())!.State;
        // A machine that is busy may have taken longer to ask than the message had to wait.
        Assert.True(state == ServiceBusMessageState.Scheduled || TimeProvider.System.GetUtcNow() >= due, $"{state} before it is due");
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

    [Fact]
    public async Task A_closed_sender_sends_no_more()
    {
        await _sender.SendMessageAsync(new ServiceBusMessage());
        await _sender.CloseAsync();
        Assert.True(_sender.IsClosed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _sender.SendMessageAsync(new ServiceBusMessage()));
        Assert.NotNull(await _receiver.ReceiveMessageAsync(Messages.Long));
    }

    async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(int count)
    {
        List<ServiceBusReceivedMessage> all = [];
        while (all.Count < count) all.AddRange(await _receiver.ReceiveMessagesAsync(count - all.Count, Messages.Long));
        return all;
    }
}
