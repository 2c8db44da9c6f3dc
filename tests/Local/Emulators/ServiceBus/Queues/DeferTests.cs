using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Queues;

public class DeferTests
{
    readonly TestQueue _queue = new();

    [Fact]
    public void A_deferred_message_comes_by_its_number_only()
    {
        var number = Deferred();

        Assert.Null(_queue.Receive());
        var message = Assert.Single(_queue.Queue.TakeDeferred([number], locking: true, _queue.Now)!);
        Assert.Equal(SettlementResult.Settled, _queue.Settle(message, new Settlement.Complete()));
        Assert.Equal(0, _queue.Queue.Count);
    }

    [Fact]
    public void It_stays_deferred_when_its_lock_runs_out()
    {
        var number = Deferred();
        _queue.Queue.TakeDeferred([number], locking: true, _queue.Now);
        Assert.Null(_queue.Queue.TakeDeferred([number], locking: true, _queue.Now));
        _queue.Pass(TimeSpan.FromMinutes(1));

        Assert.Null(_queue.Receive());
        Assert.Equal(2, Assert.Single(_queue.Queue.TakeDeferred([number], locking: true, _queue.Now)!).DeliveryCount);
    }

    [Fact]
    public void Several_are_taken_all_or_none()
    {
        var number = Deferred();

        Assert.Null(_queue.Queue.TakeDeferred([number, number + 100], locking: false, _queue.Now));
        Assert.Equal(1, _queue.Queue.Count);
        Assert.Null(_queue.Queue.TakeDeferred([number, _queue.Send().SequenceNumber], locking: true, _queue.Now));
        _queue.Queue.TakeNext(locking: false, _queue.Now);
        Assert.Single(_queue.Queue.TakeDeferred([number], locking: false, _queue.Now)!);
        Assert.Equal(0, _queue.Queue.Count);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void One_that_has_expired_is_found_to_have_when_it_is_asked_for(bool deadLettering, int deadLetters)
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { DeadLetterOnExpiration = deadLettering });
        var numbers = new[] { TimeSpan.FromHours(1), TimeSpan.FromHours(3) }
            .Select(ttl => queue.Send(timeToLive: ttl).SequenceNumber).ToArray();
        queue.Settle(queue.Receive()!, new Settlement.Defer([]));
        queue.Settle(queue.Receive()!, new Settlement.Defer([]));
        queue.Pass(TimeSpan.FromHours(2));
        Assert.Equal(2, queue.Queue.Count);

        Assert.Null(queue.Queue.TakeDeferred(numbers, locking: true, queue.Now));

        Assert.Equal((1, deadLetters), (queue.Queue.Count, queue.DeadLetters.Count));
        Assert.NotNull(queue.Queue.TakeDeferred(numbers[1..], locking: true, queue.Now));
    }

    [Fact]
    public void In_a_dead_letter_queue_none_expires()
    {
        var number = _queue.Send(timeToLive: TimeSpan.FromHours(1)).SequenceNumber;
        _queue.Settle(_queue.Receive()!, new Settlement.DeadLetter([]));
        var dead = _queue.DeadLetters.TakeNext(locking: true, _queue.Now)!;
        _queue.DeadLetters.Settle(dead.LockToken, new Settlement.Defer([]), _queue.Now);
        _queue.Pass(TimeSpan.FromDays(100));

        Assert.Single(_queue.DeadLetters.TakeDeferred([number], locking: true, _queue.Now)!);
    }

    long Deferred()
    {
        var number = _queue.Send().SequenceNumber;
        _queue.Settle(_queue.Receive()!, new Settlement.Defer([]));
        return number;
    }
}
