using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Operations;

public sealed class QueueAgesTests : IDisposable
{
    const string Age = "webhook.queue.oldest_age";

    readonly SteppedTime _time = new(Some.Time);
    readonly CollectedMetrics _seen;
    readonly MeasuredQueues _queues;

    public QueueAgesTests()
    {
        _seen = new CollectedMetrics(_time);
        _queues = new MeasuredQueues(_seen);
    }

    public void Dispose() => _seen.Dispose();

    [Fact]
    public async Task The_oldest_that_waits_is_shown_with_how_long_it_has()
    {
        Queue(Queues.Deliveries).Put(Message);
        _time.Advance(TimeSpan.FromSeconds(90));
        Queue(Queues.Deliveries).Put(Message);
        await _queues.MeasureAsync();
        Assert.Equal(90, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task Where_none_waits_it_is_0()
    {
        await _queues.MeasureAsync();
        Assert.All(OldestWaiting.Queues, queue => Assert.Equal(0, AgeOf(queue)));
    }

    [Fact]
    public async Task One_that_is_being_worked_on_is_not_done_and_waits()
    {
        Queue(Queues.Jobs).Put(Message).LockAll();
        _time.Advance(TimeSpan.FromSeconds(20));
        await _queues.MeasureAsync();
        Assert.Equal(20, AgeOf(Queues.Jobs));
    }

    [Fact]
    public async Task What_is_due_later_does_not_wait()
    {
        Schedule(20);
        _time.Advance(TimeSpan.FromSeconds(60));
        await _queues.MeasureAsync();
        Assert.Equal(0, AgeOf(Queues.Deliveries));
        Queue(Queues.Deliveries).Put(Message);
        _time.Advance(TimeSpan.FromSeconds(5));
        await _queues.MeasureAsync();
        Assert.Equal(5, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task Behind_more_that_is_due_later_than_a_look_shows_it_is_not_known()
    {
        Schedule(32);
        Queue(Queues.Deliveries).Put(Message);
        await _queues.MeasureAsync();
        Assert.Empty(_seen.Of(Age, "queue=deliveries"));
        Assert.Equal(["peek", "peek"], Queue(Queues.Deliveries).Calls);
        Assert.Contains("waited (null) s", LineOf(Queues.Deliveries), StringComparison.Ordinal);
    }

    // What is before it can only become less: what is due gets a new number.
    [Fact]
    public async Task What_was_seen_to_wait_is_seen_until_it_is_taken()
    {
        Schedule(31);
        Queue(Queues.Deliveries).Put(Message);
        Schedule(100);
        _time.Advance(TimeSpan.FromSeconds(301));
        await _queues.MeasureAsync();
        Assert.Equal(301, AgeOf(Queues.Deliveries));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(1)]
    public async Task A_look_that_shows_fewer_than_it_could_does_not_hide_that_it_is_not_known(int shown)
    {
        // Two pages of 31: what waits behind them is not looked for.
        Schedule(62);
        Queue(Queues.Deliveries).Put(Message).MostPeeked = shown;
        await _queues.MeasureAsync();
        Assert.Empty(_seen.Of(Age, "queue=deliveries"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_look_that_shows_fewer_than_it_could_hides_nothing_that_waits(int partitions)
    {
        var queue = Queue(Queues.Deliveries);
        (queue.Partitions, queue.MostPeeked) = (partitions, 2);
        Schedule(20);
        queue.Put(Message);
        _time.Advance(TimeSpan.FromSeconds(70));
        await _queues.MeasureAsync();
        Assert.Equal(70, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task The_oldest_of_all_partitions_counts()
    {
        var queue = Queue(Queues.Deliveries);
        queue.Partitions = 4;
        foreach (var seconds in new[] { 5, 5, 5, 50 })
        {
            queue.Put(Message, _time.GetUtcNow().AddSeconds(-seconds));
        }

        await _queues.MeasureAsync();
        Assert.Equal(50, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task A_partition_full_of_what_is_due_later_hides_no_other()
    {
        Schedule(32);
        var queue = Queue(Queues.Deliveries);
        queue.Partitions = 2;
        queue.Put(Message, _time.GetUtcNow().AddSeconds(-9)).Put(Message, _time.GetUtcNow().AddSeconds(-7));
        await _queues.MeasureAsync();
        Assert.Equal(7, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task The_oldest_counts_though_numbers_do_not_rise_in_one_line()
    {
        Queue(Queues.Deliveries).Put(Message, _time.GetUtcNow().AddSeconds(-5));
        Queue(Queues.Deliveries).Put(Message, _time.GetUtcNow().AddSeconds(-50));
        await _queues.MeasureAsync();
        Assert.Equal(50, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task A_queue_that_cannot_be_measured_is_told_of_and_keeps_no_other_from_it()
    {
        var gone = new ServiceBusException("Gone", ServiceBusFailureReason.MessagingEntityNotFound);
        var alsoGone = new ServiceBusException("Gone, too", ServiceBusFailureReason.MessagingEntityNotFound);
        Queue(OldestWaiting.Queues[0]).Fault = _ => gone;
        Queue(OldestWaiting.Queues[1]).Fault = _ => alsoGone;
        Assert.Equal(
            [gone, alsoGone], (await Assert.ThrowsAsync<AggregateException>(_queues.MeasureAsync)).InnerExceptions);
        Assert.Equal(OldestWaiting.Queues.Skip(2), Shown(Age));
    }

    [Fact]
    public async Task A_line_tells_of_each_queue_what_was_measured()
    {
        Queue(Queues.Jobs).Put(Message);
        _time.Advance(TimeSpan.FromSeconds(90));
        await _queues.MeasureAsync();
        Assert.Equal(
            OldestWaiting.Queues.Select(
                queue => $"Queue measured: {queue}, the oldest message has waited {(queue == Queues.Jobs ? 90 : 0)} s"),
            _queues.Lines);
    }

    [Fact]
    public async Task Told_to_stop_it_does_not_go_on_with_the_next_queue()
    {
        using var stop = new CancellationTokenSource();
        Queue(OldestWaiting.Queues[0]).Fault = _ =>
        {
            stop.Cancel();
            return new OperationCanceledException(stop.Token);
        };
        await Assert.ThrowsAsync<OperationCanceledException>(() => _queues.MeasureAsync(stop.Token));
        Assert.Empty(_queues.Lines);
    }

    [Fact]
    public async Task What_comes_from_a_clock_ahead_of_ours_has_not_waited()
    {
        Queue(Queues.Deliveries).Put(Message, enqueuedAt: _time.GetUtcNow().AddSeconds(2));
        await _queues.MeasureAsync();
        Assert.Equal(0, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task On_a_queue_that_was_made_anew_what_waits_is_found_though_its_numbers_begin_anew()
    {
        Schedule(20);
        await _queues.MeasureAsync();
        Queue(Queues.Deliveries).MakeAnew();
        Queue(Queues.Deliveries).PutScheduled(Message).Put(Message);
        _time.Advance(TimeSpan.FromSeconds(40));
        await _queues.MeasureAsync();
        Assert.Equal(40, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task What_was_measured_is_shown_while_it_is_fresh()
    {
        Assert.Empty(_seen.All());
        await _queues.MeasureAsync();
        _time.Advance(QueueMeasures.ShownFor - TimeSpan.FromTicks(1));
        var shown = _seen.All().Count;
        Assert.NotEqual(0, shown);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(shown, _seen.All().Count);
    }

    static ServiceBusMessage Message => new("anything");

    FakeQueue Queue(string name) => _queues.Bus.Queue(name);

    double AgeOf(string queue) => _seen.Of(Age, $"queue={queue}").Last();

    string LineOf(string queue) =>
        _queues.Lines.Last(line => line.StartsWith($"Queue measured: {queue},", StringComparison.Ordinal));

    IEnumerable<string> Shown(string instrument) =>
        from measured in _seen.All()
        where measured.Instrument == instrument
        select (string)measured.Tags.Single(tag => tag.Key == "queue").Value!;

    void Schedule(int count)
    {
        for (var number = 0; number < count; number++)
        {
            Queue(Queues.Deliveries).PutScheduled(Message);
        }
    }
}
