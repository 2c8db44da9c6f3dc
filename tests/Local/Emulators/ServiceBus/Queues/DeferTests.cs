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
        Assert.Single(_queue.Queue.TakeDeferred([number], locking: false, _queue.Now)!);
        Assert.Equal(0, _queue.Queue.Count);
    }

    long Deferred()
    {
        var number = _queue.Send().SequenceNumber;
        _queue.Settle(_queue.Receive()!, new Settlement.Defer([]));
        return number;
    }
}
