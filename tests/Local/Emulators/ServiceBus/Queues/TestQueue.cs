using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Emulators.ServiceBus.Queues;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Queues;

/// <summary>A queue with its dead-letter queue and a clock that stands until it is moved.</summary>
sealed class TestQueue
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 4, 15, 9, 30, 0, TimeSpan.Zero));
    readonly BrokerClock _clock;
    long _lastId;

    public TestQueue(QueueSettings? settings = null)
    {
        _clock = new BrokerClock(_time, 1, null);
        settings ??= new QueueSettings("deliveries");
        DeadLetters = new QueueState(settings.DeadLetter, Journal, null);
        Queue = new QueueState(settings, Journal, DeadLetters);
    }

    public Journal Journal { get; } = new();

    public QueueState Queue { get; }

    public QueueState DeadLetters { get; }

    public Moment Now => _clock.Now();

    public Enqueued Send(string? messageId = null, TimeSpan? after = null, TimeSpan? timeToLive = null,
        string? partitionKey = null) =>
        Queue.Enqueue(
        ++_lastId,
        new Arrival([], messageId ?? $"message-{_lastId + 1}", after is { } wait ? Now.Wall + wait : null, timeToLive)
        {
            PartitionKey = partitionKey,
        },
        Now);

    public QueuedMessage? Receive() => Queue.TakeNext(locking: true, Now);

    public SettlementResult Settle(QueuedMessage message, Settlement settlement) =>
        Queue.Settle(message.LockToken, settlement, Now);

    public void Abandon(QueuedMessage message) =>
        Assert.Equal(SettlementResult.Settled, Settle(message, new Settlement.Abandon([])));

    public void Pass(TimeSpan time)
    {
        PassUnnoticed(time);
        Queue.CatchUp(Now);
        DeadLetters.CatchUp(Now);
    }

    /// <summary>Has time pass before the queues catch up with it.</summary>
    public void PassUnnoticed(TimeSpan time) => _time.Advance(time);

    /// <summary>The reason that the journal gives for a message's way into the dead-letter queue.</summary>
    public string? DeadLetterReason(QueuedMessage message) =>
        Journal.PropertiesSetOn(message).Select(p => p.GetValueOrDefault("DeadLetterReason") as string)
            .LastOrDefault(r => r is not null);
}
