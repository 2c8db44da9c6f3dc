using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Queues;

public class ScheduleTests
{
    static readonly TimeSpan Wait = TimeSpan.FromSeconds(300);

    [Fact]
    public void A_scheduled_message_comes_at_its_time_and_not_before()
    {
        var queue = new TestQueue();
        queue.Send(after: Wait);
        queue.Pass(Wait - TimeSpan.FromTicks(1));
        Assert.Null(queue.Receive());

        queue.Pass(TimeSpan.FromTicks(1));

        Assert.NotNull(queue.Receive());
    }

    [Fact]
    public void It_gets_a_new_number_and_time_when_it_falls_due_so_that_it_stands_behind_what_was_there()
    {
        var queue = new TestQueue();
        var scheduled = queue.Send(after: Wait).SequenceNumber;
        var waiting = queue.Send().SequenceNumber;
        queue.Pass(Wait);

        Assert.Equal(waiting, queue.Receive()!.SequenceNumber);
        var due = queue.Receive()!;
        Assert.True(due.SequenceNumber > scheduled);
        Assert.Equal(queue.Now.Wall, due.EnqueuedAt);
    }

    [Fact]
    public void A_time_that_is_past_means_at_once()
    {
        var queue = new TestQueue();
        queue.Send(after: TimeSpan.FromSeconds(-1));

        Assert.NotNull(queue.Receive());
    }

    [Fact]
    public void Its_time_to_live_begins_when_it_falls_due()
    {
        var queue = new TestQueue();
        queue.Send(after: Wait, timeToLive: Wait);
        queue.Pass(Wait);
        queue.Pass(Wait - TimeSpan.FromTicks(1));

        Assert.NotNull(queue.Receive());
    }

    [Fact]
    public void A_cancelled_message_never_comes()
    {
        var queue = new TestQueue();
        var number = queue.Send(after: Wait).SequenceNumber;

        Assert.True(queue.Queue.CancelScheduled([number]));
        queue.Pass(Wait);

        Assert.Null(queue.Receive());
        Assert.False(queue.Queue.CancelScheduled([number]));
    }

    [Fact]
    public void Cancelling_several_cancels_all_or_none()
    {
        var queue = new TestQueue();
        var scheduled = queue.Send(after: Wait).SequenceNumber;
        var active = queue.Send().SequenceNumber;

        Assert.False(queue.Queue.CancelScheduled([scheduled, active]));
        Assert.Equal(2, queue.Queue.Count);
    }

    [Fact]
    public void Peeking_shows_messages_of_every_state_from_a_number_on()
    {
        var queue = new TestQueue();
        queue.Send();
        queue.Settle(queue.Receive()!, new Settlement.Defer([]));
        queue.Send();
        queue.Receive();
        queue.Send(after: Wait);
        queue.Send();

        Assert.Equal(
            [MessageState.Deferred, MessageState.Active, MessageState.Scheduled, MessageState.Active],
            queue.Queue.Peek(0, queue.Now).Select(m => m.State));
        Assert.Equal([3L, 4L], queue.Queue.Peek(3, queue.Now).Select(m => m.SequenceNumber));
        Assert.Empty(queue.Queue.Peek(5, queue.Now));
    }
}
