using Atrium.Local.Emulators.Tests.ServiceBus;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

/// <summary>A partitioned queue, as the genuine client meets it.</summary>
public sealed class PartitionTests : IAsyncLifetime
{
    const string Queue = "deliveries";

    RunningEmulator _emulator = null!;
    ServiceBusClient _client = null!;
    ServiceBusReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _emulator = await RunningEmulator.StartAsync(ServiceBus.StateFolder.Queue(Queue, "\"Partitions\": 4"));
        Connect();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Fact]
    public async Task Peeking_by_number_walks_the_partitions_a_page_ending_with_each()
    {
        await SendAsync(8);

        var (pages, from) = (new List<IReadOnlyList<ServiceBusReceivedMessage>>(), 0L);
        while (await _receiver.PeekMessagesAsync(100, from) is { Count: > 0 } page)
        {
            pages.Add(page);
            from = page[^1].SequenceNumber + 1;
        }

        var numbers = pages.SelectMany(p => p).Select(m => m.SequenceNumber).ToList();
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal([(0, 2), (1, 2), (2, 2), (3, 2)], pages.Select(p => ((int)(p[0].SequenceNumber >> 48), p.Count)));
    }

    [Fact]
    public async Task A_partition_key_keeps_messages_together()
    {
        var sender = _client.CreateSender(Queue);
        foreach (var i in Enumerable.Range(0, 5))
        {
            await sender.SendMessageAsync(new ServiceBusMessage($"{i}") { PartitionKey = "visitor" });
        }

        Assert.Equal(
            ["0", "1", "2", "3", "4"], (await _receiver.PeekMessagesAsync(100)).Select(m => m.Body.ToString()));
    }

    [Theory]
    [InlineData(SubQueue.None)]
    [InlineData(SubQueue.DeadLetter)]
    public async Task Deferred_messages_are_received_by_numbers_of_one_partition_a_call(SubQueue subQueue)
    {
        await SendAsync(8);
        var receiver = _receiver;
        if (subQueue == SubQueue.DeadLetter)
        {
            await EachAsync(_receiver, m => _receiver.DeadLetterMessageAsync(m));
            receiver = _client.DeadLetters(Queue);
        }

        var numbers = await EachAsync(receiver, m => receiver.DeferMessageAsync(m));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => receiver.ReceiveDeferredMessagesAsync(numbers));
        Assert.Contains("different partitions", refused.Message, StringComparison.Ordinal);
        foreach (var partition in numbers.GroupBy(n => n >> 48))
        {
            var received = await receiver.ReceiveDeferredMessagesAsync(partition);
            Assert.Equal(partition, received.Select(m => m.SequenceNumber));
        }
    }

    [Fact]
    public async Task Counters_go_on_after_a_restart()
    {
        await SendAsync(4);
        var before = await EachAsync(_receiver, m => _receiver.CompleteMessageAsync(m), 4);
        await _client.DisposeAsync();
        await _emulator.RestartAsync();
        Connect();

        await SendAsync(4);

        Assert.Equal(
            before.Select(n => n + 1).Order(),
            (await EachAsync(_receiver, m => _receiver.CompleteMessageAsync(m), 4)).Order());
    }

    void Connect()
    {
        _client = _emulator.Client();
        _receiver = _client.CreateReceiver(Queue);
    }

    Task SendAsync(int count) => _client.CreateSender(Queue).SendMessagesAsync(Messages.Numbered(count));

    static async Task<List<long>> EachAsync(
        ServiceBusReceiver receiver, Func<ServiceBusReceivedMessage, Task> settle, int count = 8)
    {
        var numbers = new List<long>();
        while (numbers.Count < count)
        {
            var message = await receiver.NextAsync();
            await settle(message);
            numbers.Add(message.SequenceNumber);
        }

        return numbers;
    }
}
