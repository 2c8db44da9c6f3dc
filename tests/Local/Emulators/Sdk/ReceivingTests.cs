using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

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
        Assert.Equal(["0", "1", "2"], (await ReceiveAsync(3, atMost: 10)).Select(m => m.MessageId));
    }

    [Fact]
    public async Task No_message_in_time_is_no_failure()
    {
        Assert.Null(await _receiver.ReceiveMessageAsync(Messages.Short));
        Assert.Empty(await _receiver.ReceiveMessagesAsync(10, Messages.Short));
    }

    [Fact]
    public async Task Prefetched_messages_go_back_uncounted_when_their_receiver_closes()
    {
        await _sender.SendMessagesAsync(Messages.Numbered(8));
        var options = new ServiceBusReceiverOptions { PrefetchCount = 8 };
        await using (var prefetching = _client.CreateReceiver(Emulator.Queue, options))
        {
            await prefetching.AbandonMessageAsync(await prefetching.NextAsync());
        }

        Dictionary<string, int> got = [];
        while (got.Count < 8)
        {
            var message = await _receiver.NextAsync();
            got.Add(message.MessageId, message.DeliveryCount);
        }

        Assert.Equal(2, got["0"]);
        Assert.All(got.Where(m => m.Key != "0"), m => Assert.Equal(1, m.Value));
    }

    [Fact]
    public async Task What_comes_for_a_cancelled_call_is_there_for_the_next_one()
    {
        await OpenAsync();
        using var enough = new CancellationTokenSource();
        var receive = _receiver.ReceiveMessagesAsync(10, Patience.Limit, enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => receive);

        await _sender.SendMessageAsync(new ServiceBusMessage("for the next"));

        var got = await _receiver.NextAsync();
        Assert.Equal(("for the next", 1), (got.Body.ToString(), got.DeliveryCount));
    }

    [Fact]
    public async Task Prefetched_messages_are_there_without_a_wait()
    {
        await _sender.SendMessagesAsync(Messages.Numbered(20));
        await using var receiver = _client.CreateReceiver(
            Emulator.Queue, new ServiceBusReceiverOptions { PrefetchCount = 8 });
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
        var receiver = _client.CreateReceiver(
            Emulator.Queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
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
        Assert.Equal(
            first.Concat(rest).Select(m => m.MessageId), (await ReceiveAsync(5, atMost: 5)).Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_receiver_closed_under_a_call_ends_the_call()
    {
        await OpenAsync();
        // Longer than it is waited for here.
        var receive = _receiver.ReceiveMessageAsync(2 * Patience.Limit);
        await _receiver.CloseAsync();
        Assert.Null(await receive.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _receiver.PeekMessageAsync());
    }

    /// <summary>
    /// Receives until so many are there. A call gives what has come twenty milliseconds after the first, which on a
    /// busy machine is not yet all; none waits for as long as it may.
    /// </summary>
    async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(int count, int atMost)
    {
        List<ServiceBusReceivedMessage> all = [];
        while (all.Count < count) all.AddRange(await _receiver.ReceiveMessagesAsync(atMost, 2 * Patience.Limit).Soon());
        return all;
    }

    /// <summary>Has the receiver receive, so that its link is there.</summary>
    async Task OpenAsync()
    {
        await _sender.SendMessageAsync(new ServiceBusMessage());
        await _receiver.CompleteMessageAsync(await _receiver.NextAsync());
    }
}
