using Atrium.Functions.DeadLetters;
using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Telemetry;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Operations;

public sealed class MeasureQueuesTests : IDisposable
{
    const string Depth = "webhook.dead_letter_queue.depth";
    const string Age = "webhook.queue.oldest_age";

    readonly SteppedTime _time = new(Some.Time);
    readonly CollectedMetrics _seen;
    readonly MeasuredQueues _queues;

    public MeasureQueuesTests()
    {
        _seen = new CollectedMetrics(_time);
        _queues = new MeasuredQueues(_seen);
    }

    public void Dispose() => _seen.Dispose();

    [Theory]
    [InlineData(DeadLetterReason.AttemptsExhausted, DeadLetterReason.AttemptsExhausted)]
    [InlineData("MaxDeliveryCountExceeded", "MaxDeliveryCountExceeded")]
    [InlineData("TTLExpiredException", "TTLExpiredException")]
    [InlineData("HeaderSizeExceeded", "other")]
    [InlineData(DeadLetterReason.InvalidEvent, "other")]
    [InlineData(null, "other")]
    public async Task A_dead_letter_is_counted_by_its_reason_if_that_is_one_of_its_queue(string? reason, string counted)
    {
        Dead(Queues.Deliveries).Put(Message, reason: reason);
        await _queues.MeasureAsync();
        Assert.Equal(1, DepthOf(Queues.Deliveries, counted));
        Assert.Equal(1, KnownReasons.Of(Queues.Deliveries).Sum(known => DepthOf(Queues.Deliveries, known)));
    }

    [Fact]
    public async Task A_reason_of_which_there_is_none_any_more_or_not_yet_is_0()
    {
        Dead(Queues.Jobs).Put(Message, reason: KnownReasons.TimeToLiveExpired);
        await _queues.MeasureAsync();
        Assert.Equal(
            (1, 0),
            (DepthOf(Queues.Jobs, KnownReasons.TimeToLiveExpired),
            DepthOf(Queues.Jobs, KnownReasons.MaxDeliveryCountExceeded)));
        Dead(Queues.Jobs).Settle("complete", Dead(Queues.Jobs).Take(1).Single());
        await _queues.MeasureAsync();
        Assert.Equal(0, DepthOf(Queues.Jobs, KnownReasons.TimeToLiveExpired));
    }

    [Fact]
    public async Task Counting_ends_somewhere()
    {
        for (var number = 0; number <= DeadLetterMeasure.MostCounted; number++)
        {
            Dead(Queues.VisitorEvents).Put(Message, reason: DeadLetterReason.InvalidEvent);
        }

        await _queues.MeasureAsync();
        Assert.Equal(DeadLetterMeasure.MostCounted, DepthOf(Queues.VisitorEvents, DeadLetterReason.InvalidEvent));
    }

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
        Assert.All(Queues.All, queue => Assert.Equal(0, AgeOf(queue)));
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
        Schedule(250);
        _time.Advance(TimeSpan.FromSeconds(60));
        await _queues.MeasureAsync();
        Assert.Equal(0, AgeOf(Queues.Deliveries));
        Queue(Queues.Deliveries).Put(Message);
        _time.Advance(TimeSpan.FromSeconds(5));
        await _queues.MeasureAsync();
        Assert.Equal(5, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task What_waits_behind_more_than_is_looked_at_is_found_when_looking_goes_on()
    {
        Schedule(OldestWaiting.MostLookedAt);
        Queue(Queues.Deliveries).Put(Message);
        await _queues.MeasureAsync();
        Assert.Empty(_seen.Of(Age, "queue=deliveries"));
        _time.Advance(TimeSpan.FromMinutes(1));
        await _queues.MeasureAsync();
        Assert.Equal(60, AgeOf(Queues.Deliveries));
    }

    [Fact]
    public async Task What_is_known_to_be_due_later_is_not_looked_at_again()
    {
        Schedule(2_000);
        await _queues.MeasureAsync();
        var calls = Queue(Queues.Deliveries).Calls;
        calls.Clear();
        await _queues.MeasureAsync();
        Assert.Equal(["peek", "peek"], calls);
    }

    [Fact]
    public async Task A_queue_that_cannot_be_measured_is_told_of_and_keeps_no_other_from_it()
    {
        var gone = new ServiceBusException("Gone", ServiceBusFailureReason.MessagingEntityNotFound);
        var alsoGone = new ServiceBusException("Gone, too", ServiceBusFailureReason.MessagingEntityNotFound);
        Queue(Queues.All[0]).Fault = _ => gone;
        Dead(Queues.All[1]).Fault = _ => alsoGone;
        Assert.Equal(
            [gone, alsoGone], (await Assert.ThrowsAsync<AggregateException>(_queues.MeasureAsync)).InnerExceptions);
        Assert.Equal(Queues.All.Skip(1).Order(), Shown(Age).Order());
        Assert.Equal(Queues.All.Where((_, i) => i != 1).Order(), Shown(Depth).Distinct().Order());
    }

    [Fact]
    public async Task A_line_tells_of_each_queue_what_was_measured()
    {
        Queue(Queues.Parked).Put(Message);
        _time.Advance(TimeSpan.FromSeconds(90));
        await _queues.MeasureAsync();
        Assert.Equal(
            Queues.All.Select(
                queue =>
                $"Queue measured: {queue}, the oldest message has waited {(queue == Queues.Parked ? 90 : 0)} s, 0 dead "
                + "letters, 0 of them not by the app"),
            _queues.Lines);
    }

    [Fact]
    public async Task A_line_tells_how_many_dead_letters_no_other_line_tells_of()
    {
        var told = MetricList.TagsOf("webhook.dead_letters")["reason"];
        var reasons = KnownReasons.Of(Queues.Deliveries);
        foreach (var reason in reasons)
        {
            Dead(Queues.Deliveries).Put(Message, reason: reason);
        }

        await _queues.MeasureAsync();
        Assert.Contains(
            $"{reasons.Count} dead letters, {reasons.Except(told).Count()} of them not by the app",
            LineOf(Queues.Deliveries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_known_a_line_leaves_open()
    {
        Schedule(OldestWaiting.MostLookedAt);
        Dead(Queues.Deliveries).Fault = _ =>
            new ServiceBusException("Gone", ServiceBusFailureReason.MessagingEntityNotFound);
        await Assert.ThrowsAsync<AggregateException>(_queues.MeasureAsync);
        Assert.Contains(
            "waited (null) s, (null) dead letters, (null) of them", LineOf(Queues.Deliveries),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Told_to_stop_it_does_not_go_on_with_the_next_queue()
    {
        using var stop = new CancellationTokenSource();
        Queue(Queues.All[0]).Fault = _ =>
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
        Schedule(250);
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

    FakeQueue Dead(string name) => _queues.Bus.DeadLetters(name);

    double DepthOf(string queue, string reason) => _seen.Of(Depth, $"queue={queue}", $"reason={reason}").Last();

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
