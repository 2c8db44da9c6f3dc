using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Queues;

public class LockTests
{
    static readonly TimeSpan LockDuration = TimeSpan.FromMinutes(1);

    [Fact]
    public void Messages_come_in_the_order_in_which_they_were_sent()
    {
        var queue = new TestQueue();
        var numbers = Enumerable.Range(0, 3).Select(_ => queue.Send().SequenceNumber).ToList();

        Assert.Equal(numbers, Enumerable.Range(0, 3).Select(_ => queue.Receive()!.SequenceNumber));
    }

    [Fact]
    public void A_locked_message_is_given_to_nobody_else()
    {
        var queue = new TestQueue();
        queue.Send();
        Assert.NotNull(queue.Receive());

        Assert.Null(queue.Receive());
    }

    [Fact]
    public void A_completed_message_is_gone()
    {
        var queue = new TestQueue();
        queue.Send();
        var message = queue.Receive()!;

        Assert.Equal(SettlementResult.Settled, queue.Settle(message, new Settlement.Complete()));
        Assert.Equal(0, queue.Queue.Count);
        Assert.Contains(queue.Journal.Changes, c => c is Change.Removed removed && removed.Message == message);
    }

    [Fact]
    public void An_abandoned_message_comes_again_at_once_with_one_more_delivery_on_its_count()
    {
        var queue = new TestQueue();
        queue.Send();
        queue.Abandon(queue.Receive()!);

        Assert.Equal(1, queue.Receive()!.DeliveryCount);
    }

    [Fact]
    public void A_released_message_comes_again_without_being_counted()
    {
        var queue = new TestQueue();
        queue.Send();
        queue.Settle(queue.Receive()!, new Settlement.Release());

        Assert.Equal(0, queue.Receive()!.DeliveryCount);
    }

    [Fact]
    public void A_lock_that_runs_out_counts_as_a_delivery_and_frees_the_message()
    {
        var queue = new TestQueue();
        queue.Send();
        queue.Receive();
        queue.Pass(LockDuration - TimeSpan.FromTicks(1));
        Assert.Null(queue.Receive());

        queue.Pass(TimeSpan.FromTicks(1));

        Assert.Equal(1, queue.Receive()!.DeliveryCount);
    }

    [Fact]
    public void Whoever_lost_the_lock_cannot_settle()
    {
        var queue = new TestQueue();
        queue.Send();
        var lost = queue.Receive()!.LockToken;
        queue.Pass(LockDuration);
        queue.Receive();

        Assert.Equal(SettlementResult.LockLost, queue.Queue.Settle(lost, new Settlement.Complete(), queue.Now));
        Assert.Null(queue.Queue.RenewLock(lost, queue.Now));
        Assert.Equal(1, queue.Queue.Count);
    }

    [Fact]
    public void A_lock_is_lost_when_it_runs_out_and_not_only_when_the_queue_notices()
    {
        var queue = new TestQueue();
        queue.Send();
        var message = queue.Receive()!;
        queue.PassUnnoticed(LockDuration);

        Assert.Equal(SettlementResult.LockLost, queue.Settle(message, new Settlement.Complete()));
        Assert.Null(queue.Queue.RenewLock(message.LockToken, queue.Now));
        Assert.Null(queue.Queue.Locks(message.LockToken, queue.Now));
    }

    [Fact]
    public void A_lock_that_is_taken_from_its_holder_ends_when_it_would_have_and_counts()
    {
        var queue = new TestQueue();
        queue.Send();
        var message = queue.Receive()!;
        var taken = message.LockToken;
        queue.Queue.Disown(taken);

        Assert.Equal(SettlementResult.LockLost, queue.Queue.Settle(taken, new Settlement.Complete(), queue.Now));
        Assert.Null(queue.Queue.RenewLock(taken, queue.Now));
        queue.Pass(LockDuration - TimeSpan.FromTicks(1));
        Assert.Null(queue.Receive());
        queue.Pass(TimeSpan.FromTicks(1));
        Assert.Equal(1, queue.Receive()!.DeliveryCount);
    }

    [Fact]
    public void A_renewed_lock_lasts_a_whole_duration_from_then()
    {
        var queue = new TestQueue();
        queue.Send();
        var message = queue.Receive()!;
        queue.Pass(TimeSpan.FromSeconds(59));

        Assert.Equal(queue.Now.Broker + LockDuration, queue.Queue.RenewLock(message.LockToken, queue.Now));
        queue.Pass(TimeSpan.FromSeconds(59));

        Assert.Equal(SettlementResult.Settled, queue.Settle(message, new Settlement.Complete()));
    }

    [Fact]
    public void A_message_that_is_deleted_on_receipt_is_gone_and_leaves_no_lock()
    {
        var queue = new TestQueue();
        queue.Send();

        Assert.False(queue.Queue.TakeNext(locking: false, queue.Now)!.IsLocked);
        Assert.Equal(0, queue.Queue.Count);
    }

    [Fact]
    public void The_queue_says_when_it_next_needs_a_look()
    {
        var queue = new TestQueue();
        queue.Send();
        queue.Send(after: TimeSpan.FromMinutes(5));
        queue.Receive();

        Assert.Equal(queue.Now.Broker + LockDuration, queue.Queue.NextDue);
    }
}
