using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Queues;

public class DeadLetterTests
{
    [Fact]
    public void Dead_letters_after_the_tenth_delivery()
    {
        var queue = new TestQueue();
        queue.Send();
        QueuedMessage message = null!;
        for (var delivery = 1; delivery <= 10; delivery++)
        {
            Assert.Equal(0, queue.DeadLetters.Count);
            message = queue.Receive()!;
            queue.Abandon(message);
        }

        Assert.Equal((0, 1), (queue.Queue.Count, queue.DeadLetters.Count));
        Assert.Equal("MaxDeliveryCountExceeded", queue.DeadLetterReason(message));
        Assert.Equal(10, Assert.Single(queue.DeadLetters.Peek(0, queue.Now)).DeliveryCount);
    }

    [Fact]
    public void Lost_locks_count_towards_the_last_delivery_as_well()
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { MaxDeliveryCount = 2 });
        queue.Send();
        queue.Abandon(queue.Receive()!);
        queue.Receive();
        queue.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(1, queue.DeadLetters.Count);
    }

    [Fact]
    public void A_deferral_counts_as_a_delivery()
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { MaxDeliveryCount = 1 });
        queue.Send();
        queue.Settle(queue.Receive()!, new Settlement.Defer([]));

        Assert.Equal(1, queue.DeadLetters.Count);
    }

    [Fact]
    public void A_dead_lettered_message_keeps_its_number_and_its_count()
    {
        var queue = new TestQueue();
        var number = queue.Send().SequenceNumber;
        queue.Abandon(queue.Receive()!);
        queue.Settle(
            queue.Receive()!,
            new Settlement.DeadLetter(PropertyChanges.DeadLetterReason("InvalidEvent", "No timestamp.")));

        var dead = queue.DeadLetters.TakeNext(locking: true, queue.Now)!;

        Assert.Equal((number, 1), (dead.SequenceNumber, dead.DeliveryCount));
        Assert.Equal("InvalidEvent", queue.DeadLetterReason(dead));
    }

    [Fact]
    public void The_move_is_one_change_of_queue_and_never_a_removal()
    {
        var queue = new TestQueue();
        queue.Send();
        queue.Journal.Clear();

        queue.Settle(queue.Receive()!, new Settlement.DeadLetter([]));

        var altered = Assert.IsType<Change.Altered>(Assert.Single(queue.Journal.Changes));
        Assert.Equal("deliveries/$deadletterqueue", altered.Queue);
    }

    [Fact]
    public void Nothing_is_counted_in_a_dead_letter_queue_nor_dead_lettered_from_it()
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { MaxDeliveryCount = 1 });
        queue.Send();
        queue.Abandon(queue.Receive()!);
        for (var delivery = 0; delivery < 5; delivery++)
        {
            queue.DeadLetters.Settle(
                queue.DeadLetters.TakeNext(locking: true, queue.Now)!.LockToken, new Settlement.Abandon([]),
                queue.Now);
        }

        var dead = queue.DeadLetters.TakeNext(locking: true, queue.Now)!;

        Assert.Equal(
            SettlementResult.NotAllowed,
            queue.DeadLetters.Settle(dead.LockToken, new Settlement.DeadLetter([]), queue.Now));
        Assert.Equal((true, 1), (dead.IsLocked, dead.DeliveryCount));
    }

    [Fact]
    public void A_lost_lock_and_a_deferral_count_for_nothing_in_a_dead_letter_queue()
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { MaxDeliveryCount = 1 });
        queue.Send();
        queue.Abandon(queue.Receive()!);
        queue.DeadLetters.TakeNext(locking: true, queue.Now);
        queue.Pass(TimeSpan.FromMinutes(1));
        var dead = queue.DeadLetters.TakeNext(locking: true, queue.Now)!;
        queue.DeadLetters.Settle(dead.LockToken, new Settlement.Defer([]), queue.Now);

        Assert.Equal((MessageState.Deferred, 1, false), (dead.State, dead.DeliveryCount, dead.IsLocked));
    }
}
