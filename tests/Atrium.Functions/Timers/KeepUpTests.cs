using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Timers;

namespace Atrium.Functions.Tests.Timers;

public sealed class KeepUpTests : IDisposable
{
    static readonly DateTimeOffset Nine = new(2026, 4, 15, 9, 0, 0, TimeSpan.Zero);

    readonly PrintedLog _log = new();
    readonly SteppedTime _time = new(Nine);
    readonly List<string> _begun = [];
    readonly CancellationTokenSource _stop = new();
    readonly Dictionary<string, Func<Task>> _does = [];
    readonly KeepUp _keepUp;

    public KeepUpTests() => _keepUp = NewProcess();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task In_ten_minutes_each_is_done_as_often_as_it_is_due()
    {
        for (var tick = 0; tick < 60; tick++)
        {
            await _keepUp.RunAsync(default);
            _time.Advance(KeepUp.Tick);
        }

        Assert.Equal((60, 10, 2), (Count("index"), Count("minute"), Count("five minutes")));
    }

    [Fact]
    public async Task Ticks_that_are_late_or_missed_leave_nothing_out_and_repeat_nothing()
    {
        foreach (var late in new[] { 0.0, 0.004, 52, 58, 61, 130, 299.9, 301 })
        {
            _time.SetUtcNow(Nine.AddSeconds(late));
            await _keepUp.RunAsync(default);
        }

        // In the minutes 0, 1, 2, 4 and 5.
        Assert.Equal((8, 5, 2), (Count("index"), Count("minute"), Count("five minutes")));
    }

    [Fact]
    public async Task A_new_process_does_all_at_its_first_tick()
    {
        await _keepUp.RunAsync(default);
        await NewProcess().RunAsync(default);
        Assert.Equal((2, 2, 2), (Count("index"), Count("minute"), Count("five minutes")));
    }

    [Fact]
    public async Task What_fails_keeps_nothing_else_and_is_tried_again_in_its_next_period()
    {
        _does["index"] = _does["minute"] = () => throw new InvalidOperationException("A bug.");
        var failed = await Assert.ThrowsAsync<AggregateException>(() => _keepUp.RunAsync(default));
        Assert.Equal("2 of 3 failed: index, minute. (A bug.) (A bug.)", failed.Message);
        Assert.Equal(1, Count("five minutes"));

        _does.Clear();
        _time.Advance(KeepUp.Tick);
        await _keepUp.RunAsync(default);
        Assert.Equal((2, 1), (Count("index"), Count("minute")));
        _time.Advance(TimeSpan.FromMinutes(1));
        await _keepUp.RunAsync(default);
        Assert.Equal(2, Count("minute"));
    }

    [Fact]
    public async Task What_only_an_outage_keeps_from_its_work_is_no_failure_of_the_run()
    {
        _does["minute"] = () => throw Outages.Unavailable();
        await _keepUp.RunAsync(default);
        Assert.Contains(_log.Lines, line => line.StartsWith("An outage kept minute from", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_index_is_made_again_for_minutes_the_rest_keeps_its_rhythm()
    {
        var made = new TaskCompletionSource();
        _does["index"] = () => made.Task;
        var run = _keepUp.RunAsync(default);
        while (Count("five minutes") < 3)
        {
            _time.Advance(KeepUp.Tick);
            await Task.Yield();
        }

        Assert.Equal(1, Count("index"));
        Assert.True(Count("minute") >= 3);
        Assert.False(run.IsCompleted);
        made.SetResult();
        await run;
    }

    [Fact]
    public async Task While_something_else_takes_its_time_the_index_is_kept_up()
    {
        var ended = new TaskCompletionSource();
        _does["five minutes"] = () => ended.Task;
        var run = _keepUp.RunAsync(default);
        while (Count("index") < 4)
        {
            _time.Advance(KeepUp.Tick);
            await Task.Yield();
        }

        ended.SetResult();
        await run;
        Assert.Equal(1, Count("five minutes"));
    }

    [Fact]
    public async Task It_ends_with_the_host()
    {
        _does["index"] = () => Task.Delay(Timeout.InfiniteTimeSpan, _time, _stop.Token);
        var run = _keepUp.RunAsync(_stop.Token);
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    KeepUp NewProcess() => new(
        [
            Work("index", TimeSpan.Zero), Work("minute", TimeSpan.FromMinutes(1)),
            Work("five minutes", TimeSpan.FromMinutes(5)),
        ],
        new TimedWork(_log.Outages(), _log.Of<TimedWork>()), _time);

    PeriodicWork Work(string name, TimeSpan every) => new(name, every, _ =>
    {
        lock (_begun)
        {
            _begun.Add(name);
        }

        return _does.TryGetValue(name, out var does) ? does() : Task.CompletedTask;
    });

    int Count(string name)
    {
        lock (_begun)
        {
            return _begun.Count(begun => begun == name);
        }
    }
}
