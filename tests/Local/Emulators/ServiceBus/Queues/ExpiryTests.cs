using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Queues;

public class ExpiryTests
{
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void An_expired_message_is_dead_lettered_where_the_queue_says_so()
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { DeadLetterOnExpiration = true });
        queue.Send(timeToLive: Hour);
        queue.Pass(Hour);

        var dead = queue.DeadLetters.TakeNext(locking: true, queue.Now)!;

        Assert.Equal("TTLExpiredException", queue.DeadLetterReason(dead));
    }

    [Fact]
    public void An_expired_message_is_discarded_elsewhere()
    {
        var queue = new TestQueue();
        queue.Send(timeToLive: Hour);
        queue.Pass(Hour);

        Assert.Equal((0, 0), (queue.Queue.Count, queue.DeadLetters.Count));
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(null, 2, 2)]
    public void The_shorter_of_the_messages_own_and_the_queues_time_to_live_holds(int? own, int queues, int effective)
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { DefaultTimeToLive = queues * Hour });
        queue.Send(timeToLive: own * Hour);
        queue.Pass((effective * Hour) - TimeSpan.FromTicks(1));
        Assert.Equal(1, queue.Queue.Count);

        queue.Pass(TimeSpan.FromTicks(1));

        Assert.Equal(0, queue.Queue.Count);
    }

    [Fact]
    public void A_message_in_its_receivers_hands_does_not_expire_but_does_when_it_is_given_back()
    {
        var queue = new TestQueue();
        queue.Send(timeToLive: TimeSpan.FromSeconds(30));
        var message = queue.Receive()!;
        queue.Pass(TimeSpan.FromSeconds(40));
        Assert.Equal(1, queue.Queue.Count);

        queue.Abandon(message);

        Assert.Null(queue.Receive());
    }

    [Fact]
    public void A_message_past_its_time_is_not_given_out_even_before_the_clock_was_looked_at()
    {
        var queue = new TestQueue();
        queue.Send(timeToLive: TimeSpan.Zero);

        Assert.Null(queue.Receive());
    }

    [Fact]
    public void A_deferred_message_stays_when_its_time_is_over_until_it_is_asked_for()
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { DeadLetterOnExpiration = true });
        var number = queue.Send(timeToLive: Hour).SequenceNumber;
        queue.Settle(queue.Receive()!, new Settlement.Defer([]));
        queue.Pass(2 * Hour);

        Assert.Equal(number, Assert.Single(queue.Queue.Peek(0, queue.Now)).SequenceNumber);
        Assert.Equal(0, queue.DeadLetters.Count);
    }

    [Fact]
    public void Nothing_expires_in_a_dead_letter_queue()
    {
        var queue = new TestQueue(new QueueSettings("deliveries") { DefaultTimeToLive = Hour });
        queue.Send();
        queue.Settle(queue.Receive()!, new Settlement.DeadLetter([]));
        queue.Pass(1000 * Hour);

        Assert.NotNull(queue.DeadLetters.TakeNext(locking: true, queue.Now));
    }
}
