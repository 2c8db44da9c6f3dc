using Atrium.Local.Host.Tests.Support;
using Atrium.Local.Host.Timers;
using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.Timers;

public sealed class TimerLoopTests : IAsyncLifetime, IDisposable
{
    const string EveryHalfMinute = "*/30 * * * * *";

    readonly SteppedTime _time = new();
    readonly FakeInvoker _runs = new();
    readonly TempFolder _folder = new();
    readonly List<TimerLoop> _loops = [];

    string StatusFolder => Path.Combine(_folder.Path, "timers");

    public Task InitializeAsync() => Task.CompletedTask;

    // After its last run a timer still writes down when that was.
    public async Task DisposeAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.StopAsync(CancellationToken.None).Soon();
            await loop.DisposeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Runs_when_due_and_tells_last_and_next()
    {
        var loop = await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        var first = await _runs.NextAsync();
        Assert.False(first.IsPastDue);
        Assert.Equal(default, first.Status.GetProperty("Last").GetDateTime());
        Assert.Equal(
            new DateTime(2026, 4, 15, 9, 31, 0, DateTimeKind.Utc), first.Status.GetProperty("Next").GetDateTime());

        first.End.SetResult();
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        var second = await _runs.NextAsync();
        Assert.Equal(
            new DateTime(2026, 4, 15, 9, 30, 30, DateTimeKind.Utc), second.Status.GetProperty("Last").GetDateTime());
        second.End.SetResult();
        await loop.StopAsync(CancellationToken.None).Soon();
    }

    [Fact]
    public async Task Never_runs_twice_at_a_time_and_leaves_out_what_came_meanwhile()
    {
        await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        var slow = await _runs.NextAsync();

        // Two more are due while the first still runs.
        _time.Advance(TimeSpan.FromSeconds(70));
        Assert.False(_runs.Any);
        slow.End.SetResult();

        // 09:31:40 it is; the next is 09:32:00.
        await _time.PassAsync(TimeSpan.FromSeconds(20));
        var next = await _runs.NextAsync();
        Assert.False(_runs.Any);
        next.End.SetResult();
    }

    [Fact]
    public async Task A_run_that_comes_late_is_past_due()
    {
        await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.BegunAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMinutes(10));
        var late = await _runs.NextAsync();
        Assert.True(late.IsPastDue);
        late.End.SetResult();
    }

    [Fact]
    public async Task Runs_once_at_start_when_asked_to()
    {
        await StartAsync(new
        {
            type = "timerTrigger",
            name = "timer",
            schedule = "0 0 3 * * *",
            runOnStartup = true,
            useMonitor = false,
        });
        var run = await _runs.NextAsync();
        Assert.False(run.IsPastDue);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.Status.ValueKind);
        run.End.SetResult();
    }

    [Fact]
    public async Task What_was_missed_while_the_host_was_off_is_made_up_once()
    {
        var nightly = new { type = "timerTrigger", name = "timer", schedule = "0 0 4 * * *" };
        await OffForADayAsync(nightly);

        var next = await StartAsync(nightly);
        var run = await _runs.NextAsync();
        Assert.True(run.IsPastDue);
        run.End.SetResult();
        await _time.BegunAsync(TimeSpan.FromMinutes(1));
        await next.StopAsync(CancellationToken.None).Soon();

        await StartAsync(nightly);
        await _time.BegunAsync(TimeSpan.FromMinutes(1));
        Assert.False(_runs.Any);
    }

    [Theory]
    [InlineData("0 0 5 * * *", true)]
    [InlineData("0 0 4 * * *", false)]
    public async Task Nothing_is_made_up_by_another_schedule_or_without_a_monitor(string schedule, bool useMonitor)
    {
        await OffForADayAsync(new { type = "timerTrigger", name = "timer", schedule = "0 0 4 * * *" });

        await StartAsync(new { type = "timerTrigger", name = "timer", schedule, useMonitor });
        await _time.BegunAsync(TimeSpan.FromMinutes(1));

        Assert.False(_runs.Any);
    }

    [Fact]
    public async Task Of_what_runs_more_than_once_a_minute_nothing_is_kept()
    {
        var loop = await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        (await _runs.NextAsync()).End.SetResult();
        await loop.StopAsync(CancellationToken.None).Soon();

        Assert.False(Directory.Exists(StatusFolder));
    }

    [Fact]
    public async Task What_cannot_be_kept_does_not_end_the_timer()
    {
        await File.WriteAllTextAsync(StatusFolder, "");
        await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = "0 * * * * *" });
        await _time.PassAsync(TimeSpan.FromMinutes(1));
        (await _runs.NextAsync()).End.SetResult();
        await _time.PassAsync(TimeSpan.FromMinutes(1));
        (await _runs.NextAsync()).End.SetResult();
    }

    [Fact]
    public async Task After_a_failed_run_the_next_comes()
    {
        await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        (await _runs.NextAsync()).End.SetException(new FunctionFailedException("Tick", "no luck"));
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        (await _runs.NextAsync()).End.SetResult();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_stops_no_timer()
    {
        await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.BegunAsync(TimeSpan.FromSeconds(30));
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(2));
        _time.Advance(TimeSpan.FromSeconds(30));
        for (var run = 0; run < 3; run++)
        {
            await _time.PassAsync(TimeSpan.FromSeconds(30));
            var next = await _runs.NextAsync();
            Assert.False(next.IsPastDue);
            next.End.SetResult();
        }
    }

    [Fact]
    public async Task A_clock_that_is_set_back_during_a_run_stops_no_timer()
    {
        await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        var first = await _runs.NextAsync();
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(2));
        first.End.SetResult();
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        (await _runs.NextAsync()).End.SetResult();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_a_little_makes_no_run_come_twice()
    {
        await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        var first = await _runs.NextAsync();
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromSeconds(1));
        first.End.SetResult();
        await _time.PassAsync(TimeSpan.FromSeconds(31));
        var second = await _runs.NextAsync();
        Assert.Equal(
            new DateTime(2026, 4, 15, 9, 31, 30, DateTimeKind.Utc), second.Status.GetProperty("Next").GetDateTime());
        second.End.SetResult();
    }

    [Fact]
    public async Task The_schedule_may_be_a_setting()
    {
        var loop = await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = "%Schedule%" }, ("Schedule", "0 45 9 * * *"));
        Assert.Equal("Tick: timerTrigger 0 45 9 * * *", loop.Listing);
        for (var minute = 0; minute < 15; minute++)
        {
            // No wait is longer than a minute, so that a changed clock is noticed.
            Assert.False(_runs.Any);
            await _time.PassAsync(TimeSpan.FromMinutes(1));
        }

        (await _runs.NextAsync()).End.SetResult();
    }

    [Fact]
    public async Task The_stop_waits_for_runs_of_both_kinds_and_lets_none_begin()
    {
        var loop = await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        var due = await _runs.NextAsync();
        Assert.True(loop.RunNow());
        var asked = await _runs.NextAsync();
        var stopping = loop.StopAsync(CancellationToken.None);
        Assert.False(loop.RunNow());
        due.End.SetResult();
        Assert.False(stopping.IsCompleted);
        asked.End.SetResult();
        await stopping.Soon();
    }

    [Fact]
    public async Task The_stop_may_be_given_up()
    {
        var loop = await StartAsync(
            new { type = "timerTrigger", name = "timer", schedule = EveryHalfMinute });
        Assert.True(loop.RunNow());
        var asked = await _runs.NextAsync();
        using var givenUp = new CancellationTokenSource();
        var stopping = loop.StopAsync(givenUp.Token);
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopping.Soon());
        asked.End.SetResult();
    }

    [Theory]
    [InlineData("tomorrow", "its schedule 'tomorrow' is neither an NCRONTAB expression")]
    [InlineData("0 0 0 31 6 *", "its schedule '0 0 0 31 6 *' names a time that never comes")]
    public void A_schedule_that_is_none_is_refused(string schedule, string sentence) => Assert.Contains(
        sentence,
        Assert.Throws<HostStartException>(() => Loop(new { type = "timerTrigger", name = "timer", schedule })).Message,
        StringComparison.Ordinal);

    // In a new folder nothing is made up either.
    async Task OffForADayAsync(object trigger)
    {
        var first = await StartAsync(trigger);
        await _time.BegunAsync(TimeSpan.FromMinutes(1));
        Assert.False(_runs.Any);
        await first.StopAsync(CancellationToken.None).Soon();
        _time.Advance(TimeSpan.FromDays(1));
    }

    async Task<TimerLoop> StartAsync(object trigger, params (string Name, string Value)[] settings)
    {
        var loop = Loop(trigger, settings);
        _loops.Add(loop);
        loop.Open();
        await loop.StartAsync();
        return loop;
    }

    TimerLoop Loop(object trigger, params (string Name, string Value)[] settings) => new(
        AFunction.Named("Tick", trigger),
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value))
            .Build(),
        StatusFolder,
        _runs.InvokeAsync,
        _time);
}
