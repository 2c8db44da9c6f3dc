using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>What the app relies on of a queue with duplicate detection and locks of a minute.</summary>
public abstract class QueueContract : BusContract
{
    static readonly TimeSpan DuplicateWindow = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_message_whose_id_is_known_is_dropped_and_said_to_be_sent()
    {
        await SendAsync("m", "first");
        await SendAsync("m", "second");
        Assert.Equal(["first"], await PeekedAsync());
        await using var receiver = Bus.CreateReceiver(Queue);
        await receiver.CompleteMessageAsync(await receiver.ReceiveMessageAsync());

        await SendAsync("m", "once it is gone");
        Assert.Empty(await PeekedAsync());

        Time.Advance(DuplicateWindow + Lock);
        await SendAsync("m", "once it is forgotten");
        Assert.Equal(["once it is forgotten"], await PeekedAsync());
    }

    [Fact]
    public async Task Of_a_batch_too_what_is_known_is_dropped()
    {
        await SendAsync("b", "first");
        await using var sender = Bus.CreateSender(Queue);
        using var batch = await sender.CreateMessageBatchAsync();
        Assert.True(batch.TryAddMessage(Message("a", "a")) && batch.TryAddMessage(Message("b", "second"))
            && batch.TryAddMessage(Message("c", "c")));
        await sender.SendMessagesAsync(batch);
        Assert.Equal(["first", "a", "c"], await PeekedAsync());
    }

    [Fact]
    public async Task A_scheduled_message_is_seen_at_once_and_comes_when_it_is_due_behind_those_that_came_before()
    {
        var due = Time.GetUtcNow() + TimeSpan.FromSeconds(300);
        await SendAsync("later", "later", message => message.ScheduledEnqueueTime = due);
        await SendAsync("later", "its copy", message => message.ScheduledEnqueueTime = due);
        await SendAsync("now", "now");
        await using var receiver = Bus.CreateReceiver(Queue);
        var scheduled = await receiver.PeekMessageAsync();
        Assert.Equal(("later", ServiceBusMessageState.Scheduled), (scheduled.MessageId, scheduled.State));
        var first = Assert.Single(await receiver.ReceiveMessagesAsync(10));
        Assert.Equal(("now", ServiceBusMessageState.Active), (first.MessageId, first.State));

        Time.Advance(TimeSpan.FromSeconds(301));

        await receiver.ReceiveMessageAsync();
        var second = await receiver.ReceiveMessageAsync();
        Assert.Equal(("later", ServiceBusMessageState.Active, 1),
            (second.MessageId, second.State, second.DeliveryCount));
        Assert.True(second.SequenceNumber > first.SequenceNumber);
        Assert.InRange(second.EnqueuedTime, due, Time.GetUtcNow());
    }

    [Fact]
    public async Task A_dead_letter_says_why_and_is_otherwise_as_it_was()
    {
        await SendAsync("m", "body", message => message.ApplicationProperties["tenant"] = "acme");
        await using var receiver = Bus.CreateReceiver(Queue);
        await receiver.DeadLetterMessageAsync(await receiver.ReceiveMessageAsync(), "AttemptsExhausted", "All failed.");

        Assert.Empty(await PeekedAsync());
        await using var deadLetters =
            Bus.CreateReceiver(Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var dead = await deadLetters.ReceiveMessageAsync();
        Assert.Equal(
            ("m", "body", "acme", "AttemptsExhausted", "All failed."),
            (dead.MessageId, $"{dead.Body}", dead.ApplicationProperties["tenant"], dead.DeadLetterReason,
                dead.DeadLetterErrorDescription));
        await deadLetters.CompleteMessageAsync(dead);
        Assert.Null(await deadLetters.PeekMessageAsync(0));
    }

    [Fact]
    public async Task Messages_are_looked_at_in_their_order_from_a_number_on_locked_ones_too()
    {
        foreach (var id in "abcde")
        {
            await SendAsync($"{id}", $"{id}");
        }

        await using var receiver = Bus.CreateReceiver(Queue);
        await receiver.ReceiveMessageAsync();
        var all = await receiver.PeekMessagesAsync(10, 0);
        Assert.Equal("abcde", Bodies(all));
        var numbers = all.Select(message => message.SequenceNumber).ToList();
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal("cd", Bodies(await receiver.PeekMessagesAsync(2, all[2].SequenceNumber)));
        Assert.Equal("e", Bodies(await receiver.PeekMessagesAsync(9, all[3].SequenceNumber + 1)));
        Assert.Empty(await receiver.PeekMessagesAsync(9, all[4].SequenceNumber + 1));
        Assert.Equal("b", $"{(await receiver.PeekMessageAsync(all[1].SequenceNumber)).Body}");
        Assert.Equal("c", $"{(await receiver.PeekMessageAsync()).Body}");
    }

    [Fact]
    public async Task A_locked_message_is_nobody_elses_until_its_lock_runs_out()
    {
        await SendAsync("a", "a");
        await SendAsync("b", "b");
        await using var receiver = Bus.CreateReceiver(Queue);
        await using var other = Bus.CreateReceiver(Queue);
        var locked = await receiver.ReceiveMessageAsync();
        Assert.Equal((1, Time.GetUtcNow() + Lock), (locked.DeliveryCount, locked.LockedUntil));
        Assert.Equal("b", Assert.Single(await other.ReceiveMessagesAsync(10)).MessageId);

        Time.Advance(Lock + TimeSpan.FromSeconds(1));

        var again = await other.ReceiveMessageAsync();
        Assert.Equal(("a", locked.SequenceNumber, 2), (again.MessageId, again.SequenceNumber, again.DeliveryCount));
        await LostAsync(() => receiver.CompleteMessageAsync(locked));
        await LostAsync(() => receiver.AbandonMessageAsync(locked));
        await other.CompleteMessageAsync(again);
        await LostAsync(() => other.CompleteMessageAsync(again));
    }

    [Fact]
    public async Task An_abandoned_message_is_back_in_its_place_with_one_delivery_more()
    {
        await SendAsync("a", "a");
        await SendAsync("b", "b");
        await using var receiver = Bus.CreateReceiver(Queue);
        Assert.Equal(0, (await receiver.PeekMessageAsync(0)).DeliveryCount);
        var first = await receiver.ReceiveMessageAsync();
        await receiver.AbandonMessageAsync(first);
        Assert.Equal(1, (await receiver.PeekMessageAsync(0)).DeliveryCount);

        var again = await receiver.ReceiveMessageAsync();

        Assert.Equal((first.SequenceNumber, "a", 2), (again.SequenceNumber, $"{again.Body}", again.DeliveryCount));
        Assert.NotEqual(first.LockToken, again.LockToken);
        await LostAsync(() => receiver.CompleteMessageAsync(first));
    }

    [Fact]
    public async Task A_message_is_settled_by_its_lock_token_alone()
    {
        await SendAsync("m", "body");
        await using var receiver = Bus.CreateReceiver(Queue);
        var token = Guid.Parse((await receiver.ReceiveMessageAsync()).LockToken);
        await receiver.AbandonMessageAsync(ServiceBusModelFactory.ServiceBusReceivedMessage(lockTokenGuid: token));
        Assert.Equal("body", $"{(await receiver.ReceiveMessageAsync()).Body}");
    }

    [Fact]
    public async Task A_message_comes_with_what_it_was_sent_with()
    {
        Dictionary<string, object> properties = new()
        {
            ["text"] = "Zoë 🙂",
            ["empty"] = "",
            ["int"] = int.MinValue,
            ["long"] = long.MaxValue,
            ["bool"] = true,
            ["double"] = 0.1,
            ["guid"] = Guid.Parse("0123456789abcdef0123456789abcdef"),
            ["time"] = Some.Time.UtcDateTime,
            ["instant"] = Some.Time,
            ["span"] = TimeSpan.FromSeconds(5),
            ["byte"] = (byte)7,
            ["decimal"] = 1.5m,
            ["uri"] = new Uri("https://example.com/"),
        };
        await SendAsync("m", "body", message =>
        {
            (message.Subject, message.CorrelationId, message.ContentType) =
                ("subject", "correlation", "application/json");
            message.TimeToLive = TimeSpan.FromDays(14);
            foreach (var (name, value) in properties)
            {
                message.ApplicationProperties[name] = value;
            }
        });

        await using var receiver = Bus.CreateReceiver(Queue);
        var received = await receiver.ReceiveMessageAsync();

        Assert.Equal(
            ("m", "body", "subject", "correlation", "application/json", TimeSpan.FromDays(14)),
            (received.MessageId, $"{received.Body}", received.Subject, received.CorrelationId, received.ContentType,
                received.TimeToLive));
        Assert.Equal(properties.OrderBy(one => one.Key), received.ApplicationProperties.OrderBy(one => one.Key));
        Assert.Equal(Time.GetUtcNow(), received.EnqueuedTime);
    }

    [Fact]
    public async Task What_is_cancelled_before_it_is_sent_has_no_effect()
    {
        await SendAsync("m", "body");
        await using var receiver = Bus.CreateReceiver(Queue);
        await using var sender = Bus.CreateSender(Queue);
        var gone = new CancellationToken(canceled: true);
        await CancelledAsync(() => sender.SendMessageAsync(Message("n", "n"), gone));
        await CancelledAsync(() => receiver.ReceiveMessagesAsync(1, null, gone));
        await CancelledAsync(() => receiver.PeekMessagesAsync(1, 0, gone));
        var locked = await receiver.ReceiveMessageAsync();
        await CancelledAsync(() => receiver.CompleteMessageAsync(locked, gone));
        await CancelledAsync(() => receiver.AbandonMessageAsync(locked, null, gone));

        Assert.Equal(1, locked.DeliveryCount);
        await receiver.CompleteMessageAsync(locked);
        Assert.Empty(await PeekedAsync());
    }

    static async Task CancelledAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
}

public sealed class FakeQueueContractTests : QueueContract
{
    FakeBus? _bus;

    protected override ServiceBusClient Bus => _bus ??= new FakeBus(Time);
}

public sealed class EmulatorQueueContractTests : QueueContract, IAsyncLifetime
{
    EmulatedBus _bus = null!;

    protected override ServiceBusClient Bus => _bus.Client;

    public async Task InitializeAsync() => _bus = await EmulatedBus.StartAsync(Time);

    public async Task DisposeAsync() => await _bus.DisposeAsync();
}
