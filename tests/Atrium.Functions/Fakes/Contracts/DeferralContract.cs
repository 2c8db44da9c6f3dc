using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>What the app relies on of messages that are set aside, delivered too often, or too old.</summary>
public abstract class DeferralContract : BusContract
{
    const int MaxDeliveryCount = 10;

    static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_deferred_message_is_received_no_more_and_is_seen_by_whoever_looks()
    {
        await SendAsync("a", "a");
        await SendAsync("b", "b");
        await using var receiver = Bus.CreateReceiver(Queue);
        await DeferNextAsync(receiver);

        Assert.Equal("b", Bodies(await receiver.ReceiveMessagesAsync(10)));
        var seen = await receiver.PeekMessagesAsync(10, 0);
        Assert.Equal("ab", Bodies(seen));
        Assert.Equal((ServiceBusMessageState.Deferred, 1), (seen[0].State, seen[0].DeliveryCount));
    }

    [Fact]
    public async Task It_is_given_out_by_its_number_locked_and_with_one_delivery_more()
    {
        await using var receiver = Bus.CreateReceiver(Queue);
        var first = await SetAsideAsync(receiver, "a");
        await LostAsync(() => receiver.CompleteMessageAsync(first));

        var again = await ByNumberAsync(receiver, first);

        Assert.Equal(
            (first.SequenceNumber, "a", 2, ServiceBusMessageState.Deferred, Time.GetUtcNow() + Lock),
            (again.SequenceNumber, $"{again.Body}", again.DeliveryCount, again.State, again.LockedUntil));
        await NotThereAsync(() => ByNumberAsync(receiver, first));
        await receiver.CompleteMessageAsync(again);
        Assert.Empty(await PeekedAsync());
        await NotThereAsync(() => ByNumberAsync(receiver, first));
    }

    [Fact]
    public async Task Together_with_a_number_that_is_no_deferred_messages_none_is_given_out()
    {
        await using var receiver = Bus.CreateReceiver(Queue);
        var (a, b) = (await SetAsideAsync(receiver, "a"), await SetAsideAsync(receiver, "b"));
        await SendAsync("c", "c");
        var active = (await receiver.PeekMessagesAsync(10, 0))[2].SequenceNumber;

        foreach (var wrong in new[] { active, active + 1 })
        {
            await NotThereAsync(() => receiver.ReceiveDeferredMessagesAsync([a.SequenceNumber, wrong]));
        }

        Assert.Equal(
            "ab",
            Bodies(await receiver.ReceiveDeferredMessagesAsync([a.SequenceNumber, b.SequenceNumber])));
    }

    [Fact]
    public async Task Given_back_or_forgotten_it_stays_deferred()
    {
        await using var receiver = Bus.CreateReceiver(Queue);
        var first = await SetAsideAsync(receiver, "a");
        await receiver.AbandonMessageAsync(await ByNumberAsync(receiver, first));
        var forgotten = await ByNumberAsync(receiver, first);
        Time.Advance(Lock + Moment);
        await LostAsync(() => receiver.CompleteMessageAsync(forgotten));
        await receiver.DeferMessageAsync(await ByNumberAsync(receiver, first));

        Assert.Equal(ServiceBusMessageState.Deferred, (await receiver.PeekMessageAsync(0)).State);
        Assert.Equal(5, (await ByNumberAsync(receiver, first)).DeliveryCount);
    }

    [Fact]
    public async Task It_can_be_dead_lettered_and_deferred_there_again()
    {
        await using var receiver = Bus.CreateReceiver(Queue);
        var first = await SetAsideAsync(receiver, "a");
        await receiver.DeadLetterMessageAsync(await ByNumberAsync(receiver, first), "Invalid", "Why.");
        Assert.Empty(await PeekedAsync());

        await using var deadLetters = DeadLetters();
        var dead = await DeferNextAsync(deadLetters);
        Assert.Equal(("Invalid", "Why."), (dead.DeadLetterReason, dead.DeadLetterErrorDescription));
        Assert.Equal(ServiceBusMessageState.Deferred, (await deadLetters.PeekMessageAsync(0)).State);
        for (var times = 0; times < MaxDeliveryCount; times++)
        {
            await deadLetters.AbandonMessageAsync(await ByNumberAsync(deadLetters, dead));
        }

        await deadLetters.CompleteMessageAsync(await ByNumberAsync(deadLetters, dead));
        Assert.Null(await deadLetters.PeekMessageAsync(0));
    }

    [Fact]
    public async Task A_message_whose_last_delivery_is_given_back_or_forgotten_is_a_dead_letter()
    {
        await SendAsync("a", "a");
        await SendAsync("b", "b");
        await using var receiver = Bus.CreateReceiver(Queue);
        for (var times = 1; times <= MaxDeliveryCount; times++)
        {
            ServiceBusReceivedMessage[] both =
                [await receiver.ReceiveMessageAsync(), await receiver.ReceiveMessageAsync()];
            Assert.All(both, message => Assert.Equal(times, message.DeliveryCount));
            await receiver.AbandonMessageAsync(both[0]);
            Time.Advance(Lock + Moment);
        }

        Assert.Empty(await PeekedAsync());
        await AreDeadAsync("MaxDeliveryCountExceeded", "Message could not be consumed after 10 delivery attempts.", 2);
    }

    [Fact]
    public async Task So_is_a_deferred_one()
    {
        await using var receiver = Bus.CreateReceiver(Queue);
        var first = await SetAsideAsync(receiver, "a");
        for (var times = 2; times <= MaxDeliveryCount; times++)
        {
            await receiver.AbandonMessageAsync(await ByNumberAsync(receiver, first));
        }

        await NotThereAsync(() => ByNumberAsync(receiver, first));
        await AreDeadAsync("MaxDeliveryCountExceeded", "Message could not be consumed after 10 delivery attempts.", 1);
    }

    [Fact]
    public async Task What_is_too_old_is_a_dead_letter_and_in_the_other_queue_gone()
    {
        foreach (var queue in new[] { Queue, Dropping })
        {
            await SendAsync("a", "a", message => message.TimeToLive = Hour, queue);
            await SendAsync("b", "b", queue: queue);
        }

        Time.Advance(Hour + Moment);

        foreach (var queue in new[] { Queue, Dropping })
        {
            Assert.Equal(["b"], await PeekedAsync(queue));
            await using var receiver = Bus.CreateReceiver(queue);
            Assert.Equal("b", Bodies(await receiver.ReceiveMessagesAsync(10)));
        }

        await AreDeadAsync("TTLExpiredException", "The message expired and was dead lettered.", 1);
        await using var dropped = DeadLetters(Dropping);
        Assert.Null(await dropped.PeekMessageAsync(0));
        Time.Advance(Hour);
        await AreDeadAsync("TTLExpiredException", "The message expired and was dead lettered.", 1);
    }

    [Fact]
    public async Task In_its_receivers_hands_it_is_not_too_old_and_given_back_it_is()
    {
        await SendAsync("a", "a", message => message.TimeToLive = Lock / 2);
        await SendAsync("b", "b", message => message.TimeToLive = Lock / 2);
        await using var receiver = Bus.CreateReceiver(Queue);
        ServiceBusReceivedMessage[] both =
            [await receiver.ReceiveMessageAsync(), await receiver.ReceiveMessageAsync()];
        Time.Advance(Lock / 2 + Moment);
        await receiver.CompleteMessageAsync(both[0]);
        await receiver.AbandonMessageAsync(both[1]);

        Assert.Empty(await PeekedAsync());
        await AreDeadAsync("TTLExpiredException", "The message expired and was dead lettered.", 1);
    }

    [Fact]
    public async Task Deferred_it_is_too_old_once_it_is_asked_for()
    {
        await using var receiver = Bus.CreateReceiver(Queue);
        var first = await SetAsideAsync(receiver, "a", message => message.TimeToLive = Hour);
        Time.Advance(Hour + Moment);
        Assert.Equal(["a"], await PeekedAsync());

        await NotThereAsync(() => ByNumberAsync(receiver, first));

        Assert.Empty(await PeekedAsync());
        await AreDeadAsync("TTLExpiredException", "The message expired and was dead lettered.", 1);
    }

    [Fact]
    public async Task A_scheduled_message_is_young_until_it_is_due()
    {
        await SendAsync("a", "a", message =>
            (message.TimeToLive, message.ScheduledEnqueueTime) = (Hour, Time.GetUtcNow() + 2 * Hour));
        Time.Advance(2 * Hour + Moment);
        Assert.Equal(["a"], await PeekedAsync());
        Time.Advance(Hour + Moment);
        Assert.Empty(await PeekedAsync());
    }

    async Task<ServiceBusReceivedMessage> SetAsideAsync(
        ServiceBusReceiver receiver, string id, Action<ServiceBusMessage>? change = null)
    {
        await SendAsync(id, id, change);
        return await DeferNextAsync(receiver);
    }

    static async Task<ServiceBusReceivedMessage> DeferNextAsync(ServiceBusReceiver receiver)
    {
        var message = await receiver.ReceiveMessageAsync();
        await receiver.DeferMessageAsync(message);
        return message;
    }

    static async Task<ServiceBusReceivedMessage> ByNumberAsync(
        ServiceBusReceiver receiver, ServiceBusReceivedMessage message) =>
        Assert.Single(await receiver.ReceiveDeferredMessagesAsync([message.SequenceNumber]));

    static Task NotThereAsync(Func<Task> receive) => FailsAsync(ServiceBusFailureReason.MessageNotFound, receive);

    async Task AreDeadAsync(string reason, string description, int count)
    {
        await using var deadLetters = DeadLetters();
        var dead = await deadLetters.PeekMessagesAsync(10, 0);
        Assert.Equal(
            Enumerable.Repeat((reason, description), count),
            dead.Select(message => (message.DeadLetterReason, message.DeadLetterErrorDescription)));
    }
}

public sealed class FakeDeferralContractTests : DeferralContract
{
    FakeBus? _bus;

    protected override ServiceBusClient Bus => _bus ??= WithDropping();

    FakeBus WithDropping()
    {
        var bus = new FakeBus(Time);
        bus.Queue(Dropping).DropsExpired = true;
        return bus;
    }
}

public sealed class EmulatorDeferralContractTests : DeferralContract, IAsyncLifetime
{
    EmulatedBus _bus = null!;

    protected override ServiceBusClient Bus => _bus.Client;

    public async Task InitializeAsync() => _bus = await EmulatedBus.StartAsync(Time);

    public async Task DisposeAsync() => await _bus.DisposeAsync();
}
