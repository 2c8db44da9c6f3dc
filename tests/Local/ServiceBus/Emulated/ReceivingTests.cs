namespace Azure.Messaging.ServiceBus.Tests.Emulated;

public sealed class ReceivingTests : IAsyncLifetime
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
        _receiver = _client.CreateReceiver(Emulator.Queue);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Fact]
    public async Task What_is_there_is_received_without_waiting_for_more()
    {
        await _sender.SendMessagesAsync(Messages.Numbered(3));
        Assert.Equal(["0", "1", "2"], (await _receiver.ReceiveMessagesAsync(10, Messages.Long)).Select(m => m.MessageId));
    }

    [Fact]
    public async Task No_message_in_time_is_no_failure()
    {
        Assert.Null(await _receiver.ReceiveMessageAsync(Messages.Short));
        Assert.Empty(await _receiver.ReceiveMessagesAsync(10, Messages.Short));
    }

    [Fact]
    public async Task A_wait_that_ended_takes_no_message_from_others()
    {
        Assert.Empty(await _receiver.ReceiveMessagesAsync(10, Messages.Short));
        await _sender.SendMessagesAsync(Messages.Numbered(10));
        await using var other = _client.CreateReceiver(Emulator.Queue);
        List<string?> got = [];
        while (got.Count < 10) got.AddRange((await other.ReceiveMessagesAsync(10, Messages.Long)).Select(m => m.MessageId));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), got);
    }

    [Fact]
    public async Task A_partial_receive_takes_no_message_from_others()
    {
        await _sender.SendMessagesAsync(Messages.Numbered(2));
        Assert.Equal(2, (await _receiver.ReceiveMessagesAsync(50, Messages.Long)).Count);
        await _sender.SendMessageAsync(new ServiceBusMessage("third"));
        Assert.Equal("third", (await _client.CreateReceiver(Emulator.Queue).NextAsync()).Body.ToString());
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once_and_takes_no_message_from_others()
    {
        Assert.Null(await _receiver.ReceiveMessageAsync(Messages.Short));
        using var enough = new CancellationTokenSource();
        var receive = _receiver.ReceiveMessagesAsync(10, Messages.Long, enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => receive);
        await _sender.SendMessageAsync(new ServiceBusMessage("for another"));
        var got = await _client.CreateReceiver(Emulator.Queue).NextAsync();
        Assert.Equal(("for another", 1), (got.Body.ToString(), got.DeliveryCount));
    }

    [Fact]
    public async Task Calls_that_come_and_go_lose_no_message()
    {
        const int count = 300;
        var got = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var receiving = Enumerable.Range(0, 4).Select(async n =>
        {
            for (var round = n; got.Count < count; round++)
            {
                using var enough = new CancellationTokenSource(TimeSpan.FromMilliseconds(1 + (round % 7)), TimeProvider.System);
                try
                {
                    foreach (var message in await _receiver.ReceiveMessagesAsync(1 + (round % 5), Messages.Short, enough.Token))
                    {
                        got.AddOrUpdate(message.MessageId!, 1, (_, times) => times + 1);
                        await _receiver.CompleteMessageAsync(message);
                    }
                }
                catch (TaskCanceledException)
                {
                    // It had enough.
                }
            }
        });
        var sending = Task.Run(async () =>
        {
            foreach (var message in Messages.Numbered(count)) await _sender.SendMessageAsync(message);
        });
        await Task.WhenAll([sending, .. receiving]).WaitAsync(Messages.Long);
        Assert.Equal(count, got.Count);
        Assert.All(got.Values, times => Assert.Equal(1, times));
        Assert.Null(await _receiver.PeekMessageAsync());
    }

    [Fact]
    public async Task Prefetched_messages_are_there_without_a_wait()
    {
        await _sender.SendMessagesAsync(Messages.Numbered(20));
        await using var receiver = _client.CreateReceiver(Emulator.Queue, new ServiceBusReceiverOptions { PrefetchCount = 8 });
        List<string?> got = [];
        while (got.Count < 20)
        {
            var message = await receiver.NextAsync();
            got.Add(message.MessageId);
            await receiver.CompleteMessageAsync(message);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), got);
        Assert.Empty(await receiver.ReceiveMessagesAsync(1, TimeSpan.Zero));
    }

    [Fact]
    public async Task Messages_can_be_received_as_they_come()
    {
        await _sender.SendMessagesAsync(Messages.Numbered(3));
        List<string?> got = [];
        await foreach (var message in _receiver.ReceiveMessagesAsync(CancellationToken.None))
        {
            got.Add(message.MessageId);
            if (got.Count == 3) break;
        }

        Assert.Equal(["0", "1", "2"], got);
    }

    [Fact]
    public async Task A_message_received_to_be_deleted_is_gone()
    {
        await _sender.SendMessageAsync(new ServiceBusMessage("once"));
        var receiver = _client.CreateReceiver(Emulator.Queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        var got = await receiver.NextAsync();
        Assert.Null(await _receiver.PeekMessageAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => receiver.CompleteMessageAsync(got));
    }

    [Fact]
    public async Task Peeking_goes_on_where_it_ended_and_locks_nothing()
    {
        await _sender.SendMessagesAsync(Messages.Numbered(5));
        var first = await _receiver.PeekMessagesAsync(2);
        var rest = await _receiver.PeekMessagesAsync(10);
        Assert.Equal(["0", "1", "2", "3", "4"], first.Concat(rest).Select(m => m.MessageId));
        Assert.Equal("1", (await _receiver.PeekMessageAsync(first[1].SequenceNumber))!.MessageId);
        Assert.All(rest, m => Assert.Equal((0, Guid.Empty.ToString()), (m.DeliveryCount, m.LockToken)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _receiver.CompleteMessageAsync(rest[0]));
        Assert.Equal(5, (await _receiver.ReceiveMessagesAsync(5, Messages.Long)).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_wait_must_be_positive(int seconds)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(seconds)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _receiver.ReceiveMessagesAsync(seconds));
    }

    [Fact]
    public async Task A_receiver_closed_under_a_call_ends_the_call()
    {
        Assert.Null(await _receiver.ReceiveMessageAsync(Messages.Short));
        var receive = _receiver.ReceiveMessageAsync(Messages.Long);
        await _receiver.CloseAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receive.WaitAsync(Messages.Long));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _receiver.PeekMessageAsync());
    }
}
