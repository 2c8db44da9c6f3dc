using Atrium.Local.Emulators.Tests.ServiceBus;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

/// <summary>Messages deferred in a queue and in its dead-letter queue, received by their numbers.</summary>
public sealed class DeferringTests : IAsyncLifetime
{
    const string Queue = "deliveries";

    RunningEmulator _emulator = null!;
    ServiceBusClient _client = null!;

    public async Task InitializeAsync()
    {
        _emulator = await RunningEmulator.StartAsync();
        _client = _emulator.Client();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Theory]
    [InlineData(SubQueue.None)]
    [InlineData(SubQueue.DeadLetter)]
    public async Task One_is_peeked_at_as_deferred_whole_and_not_received(SubQueue subQueue)
    {
        var receiver = Receiver(subQueue);
        var number = Assert.Single(await DeferAsync(receiver, 1));

        await NoneIsReceivedAsync(receiver, number);
        var peeked = (await receiver.PeekMessageAsync())!;
        Assert.Equal(
            (number, ServiceBusMessageState.Deferred, "0", "0", "kept", "later"),
            (peeked.SequenceNumber, peeked.State, peeked.Body.ToString(), peeked.MessageId,
                peeked.ApplicationProperties["own"], peeked.ApplicationProperties["until"]));
        Assert.Equal(default, peeked.LockedUntil);
        Assert.Equal(subQueue == SubQueue.DeadLetter ? "Broken" : null, peeked.DeadLetterReason);
    }

    [Theory]
    [InlineData(SubQueue.None)]
    [InlineData(SubQueue.DeadLetter)]
    public async Task Several_are_received_in_one_call_and_completed_each(SubQueue subQueue)
    {
        var receiver = Receiver(subQueue);
        var numbers = await DeferAsync(receiver, 3);

        var messages = await receiver.ReceiveDeferredMessagesAsync(numbers);

        Assert.Equal(numbers, messages.Select(m => m.SequenceNumber));
        Assert.All(messages, m => Assert.Equal(ServiceBusMessageState.Deferred, m.State));
        Assert.Equal(3, messages.Select(m => m.LockToken).Distinct().Count());
        await Task.WhenAll(messages.Select(m => receiver.CompleteMessageAsync(m)));
        Assert.Null(await receiver.PeekMessageAsync(0));
    }

    [Theory]
    [InlineData(SubQueue.None, 3)]
    [InlineData(SubQueue.DeadLetter, 1)]
    public async Task One_abandoned_or_deferred_again_stays_deferred(SubQueue subQueue, int deliveryCount)
    {
        var receiver = Receiver(subQueue);
        var numbers = await DeferAsync(receiver, 2);
        var messages = await receiver.ReceiveDeferredMessagesAsync(numbers);

        await receiver.AbandonMessageAsync(messages[0], new Dictionary<string, object> { ["until"] = "soon" });
        await receiver.DeferMessageAsync(messages[1], new Dictionary<string, object> { ["until"] = "soon" });

        await NoneIsReceivedAsync(receiver, numbers);
        messages = await receiver.ReceiveDeferredMessagesAsync(numbers);
        Assert.All(
            messages,
            m => Assert.Equal((deliveryCount, "soon"), (m.DeliveryCount, m.ApplicationProperties["until"])));
    }

    [Fact]
    public async Task One_of_the_dead_letter_queue_cannot_be_dead_lettered_and_keeps_its_lock()
    {
        var receiver = Receiver(SubQueue.DeadLetter);
        var message = Assert.Single(
            await receiver.ReceiveDeferredMessagesAsync(await DeferAsync(receiver, 1)));

        await Assert.ThrowsAsync<InvalidOperationException>(() => receiver.DeadLetterMessageAsync(message));

        await receiver.CompleteMessageAsync(message);
    }

    [Fact]
    public async Task One_that_was_dead_lettered_keeps_its_count_and_is_active_there()
    {
        var receiver = Receiver(SubQueue.None);
        var message = Assert.Single(
            await receiver.ReceiveDeferredMessagesAsync(await DeferAsync(receiver, 1)));

        await receiver.DeadLetterMessageAsync(message, "Broken");

        var dead = await Receiver(SubQueue.DeadLetter).NextAsync();
        Assert.Equal(
            (ServiceBusMessageState.Active, 2, message.SequenceNumber),
            (dead.State, dead.DeliveryCount, dead.SequenceNumber));
    }

    [Fact]
    public async Task A_lock_is_renewed_and_any_receiver_of_the_queue_settles()
    {
        var receiver = Receiver(SubQueue.DeadLetter);
        var messages = await receiver.ReceiveDeferredMessagesAsync(await DeferAsync(receiver, 2));
        await receiver.DisposeAsync();
        var another = Receiver(SubQueue.DeadLetter);
        _emulator.Time.Advance(TimeSpan.FromSeconds(45));

        await another.RenewMessageLockAsync(messages[0]);
        await another.AbandonMessageAsync(messages[1]);
        _emulator.Time.Advance(TimeSpan.FromSeconds(45));

        Assert.Equal(_emulator.Time.GetUtcNow().AddSeconds(15), messages[0].LockedUntil);
        await another.CompleteMessageAsync(messages[0]);
        Assert.Equal(messages[1].SequenceNumber, Assert.Single(await another.PeekMessagesAsync(10)).SequenceNumber);
    }

    [Fact]
    public async Task One_number_that_is_locked_gone_or_not_deferred_fails_the_call_and_locks_nothing()
    {
        var receiver = Receiver(SubQueue.DeadLetter);
        var numbers = await DeferAsync(receiver, 3);
        await receiver.ReceiveDeferredMessageAsync(numbers[0]);
        await receiver.CompleteMessageAsync(await receiver.ReceiveDeferredMessageAsync(numbers[1]));
        var active = await DeadLetterAsync(1);

        foreach (var other in new[] { numbers[0], numbers[1], active[0], long.MaxValue })
        {
            Assert.Equal(
                ServiceBusFailureReason.MessageNotFound,
                await Messages.ReasonOf(() => receiver.ReceiveDeferredMessagesAsync([numbers[2], other])));
        }

        Assert.Equal(numbers[2], (await receiver.ReceiveDeferredMessageAsync(numbers[2])).SequenceNumber);
        Assert.Equal(active[0], (await receiver.NextAsync()).SequenceNumber);
    }

    [Fact]
    public async Task It_stays_deferred_when_the_lock_is_lost()
    {
        var receiver = Receiver(SubQueue.DeadLetter);
        var number = Assert.Single(await DeferAsync(receiver, 1));
        var message = await receiver.ReceiveDeferredMessageAsync(number);

        _emulator.Time.Advance(TimeSpan.FromMinutes(1));
        var again = await receiver.ReceiveDeferredMessageAsync(number);

        Assert.Equal((number, 1), (again.SequenceNumber, again.DeliveryCount));
        Assert.Equal(
            ServiceBusFailureReason.MessageLockLost,
            await Messages.ReasonOf(() => receiver.CompleteMessageAsync(message)));
        Assert.Equal(ServiceBusMessageState.Deferred, (await receiver.PeekMessageAsync(0))!.State);
    }

    [Fact]
    public async Task They_are_there_after_a_restart_and_free()
    {
        var receiver = Receiver(SubQueue.DeadLetter);
        var numbers = await DeferAsync(receiver, 2);
        await receiver.ReceiveDeferredMessagesAsync(numbers);
        await _client.DisposeAsync();
        await _emulator.RestartAsync();
        _client = _emulator.Client();
        receiver = Receiver(SubQueue.DeadLetter);

        await NoneIsReceivedAsync(receiver, numbers);
        var messages = await receiver.ReceiveDeferredMessagesAsync(numbers);
        Assert.All(
            messages, m => Assert.Equal(("kept", "Broken"), (m.ApplicationProperties["own"], m.DeadLetterReason)));
        await Task.WhenAll(messages.Select(m => receiver.CompleteMessageAsync(m)));
    }

    [Fact]
    public async Task Receive_and_delete_takes_them_at_once()
    {
        var numbers = await DeferAsync(Receiver(SubQueue.None), 2);
        var deleting = _client.CreateReceiver(
            Queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });

        Assert.Equal(["0", "1"], (await deleting.ReceiveDeferredMessagesAsync(numbers)).Select(m => m.Body.ToString()));

        Assert.Null(await deleting.PeekMessageAsync(0));
    }

    ServiceBusReceiver Receiver(SubQueue subQueue) =>
        _client.CreateReceiver(Queue, new ServiceBusReceiverOptions { SubQueue = subQueue });

    /// <summary>Has messages of the body 0, 1, ... deferred where the receiver receives.</summary>
    /// <returns>Their numbers.</returns>
    async Task<long[]> DeferAsync(ServiceBusReceiver receiver, int count)
    {
        await PutAsync(receiver, count);
        var numbers = new List<long>();
        while (numbers.Count < count)
        {
            var message = await receiver.NextAsync();
            await receiver.DeferMessageAsync(message, new Dictionary<string, object> { ["until"] = "later" });
            numbers.Add(message.SequenceNumber);
        }

        return [.. numbers];
    }

    /// <summary>Puts one behind these, which comes before them.</summary>
    async Task NoneIsReceivedAsync(ServiceBusReceiver receiver, params long[] numbers)
    {
        await PutAsync(receiver, 1);
        Assert.DoesNotContain((await receiver.NextAsync()).SequenceNumber, numbers);
    }

    Task PutAsync(ServiceBusReceiver receiver, int count) =>
        receiver.EntityPath == Queue ? SendAsync(count) : DeadLetterAsync(count);

    async Task<long[]> DeadLetterAsync(int count)
    {
        await SendAsync(count);
        await using var receiver = Receiver(SubQueue.None);
        var numbers = new List<long>();
        while (numbers.Count < count)
        {
            var message = await receiver.NextAsync();
            await receiver.DeadLetterMessageAsync(message, "Broken");
            numbers.Add(message.SequenceNumber);
        }

        return [.. numbers];
    }

    async Task SendAsync(int count)
    {
        var messages = Messages.Numbered(count);
        Array.ForEach(messages, m => m.ApplicationProperties["own"] = "kept");
        await using var sender = _client.CreateSender(Queue);
        await sender.SendMessagesAsync(messages);
    }
}
