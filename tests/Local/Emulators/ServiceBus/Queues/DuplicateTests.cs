using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Queues;

public class DuplicateTests
{
    static readonly TimeSpan Window = TimeSpan.FromHours(1);

    readonly TestQueue _queue = new(new QueueSettings("deliveries") { DuplicateWindow = Window });

    [Fact]
    public void A_second_message_of_the_same_id_is_dropped_within_the_window()
    {
        _queue.Send("a");

        Assert.True(_queue.Send("a").Dropped);
        Assert.False(_queue.Send("A").Dropped);
        Assert.Equal(2, _queue.Queue.Count);
    }

    [Fact]
    public void The_id_is_remembered_after_the_message_was_completed()
    {
        _queue.Send("a");
        _queue.Settle(_queue.Receive()!, new Settlement.Complete());

        Assert.True(_queue.Send("a").Dropped);
    }

    [Fact]
    public void Scheduled_messages_are_counted_both_ways()
    {
        _queue.Send("a", after: TimeSpan.FromMinutes(5));
        _queue.Send("b");

        Assert.True(_queue.Send("a").Dropped);
        Assert.True(_queue.Send("b", after: TimeSpan.FromMinutes(5)).Dropped);
    }

    [Fact]
    public void The_number_of_a_dropped_message_is_of_no_use()
    {
        _queue.Send("a", after: TimeSpan.FromMinutes(5));
        var dropped = _queue.Send("a", after: TimeSpan.FromMinutes(5));

        Assert.False(_queue.Queue.CancelScheduled([dropped.SequenceNumber]));
    }

    [Fact]
    public void The_id_is_forgotten_when_the_window_is_over()
    {
        _queue.Send("a");
        _queue.Pass(Window - TimeSpan.FromTicks(1));
        Assert.True(_queue.Send("a").Dropped);

        _queue.Pass(TimeSpan.FromTicks(1));

        Assert.False(_queue.Send("a").Dropped);
        Assert.Contains("deliveries", _queue.Journal.Forgotten.Keys);
    }

    [Fact]
    public void A_queue_without_duplicate_detection_takes_everything()
    {
        var queue = new TestQueue();
        queue.Send("a");

        Assert.False(queue.Send("a").Dropped);
    }
}
