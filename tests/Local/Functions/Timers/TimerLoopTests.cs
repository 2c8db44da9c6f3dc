using System.Threading.Channels;
using Atrium.Local.Functions.Tests.Support;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Local.Functions.Tests.Timers;

public sealed class TimerLoopTests
{
    readonly SteppedTime _time = new();
    readonly Runs _runs = new();

    [Fact]
    public async Task Runs_when_due_and_tells_last_and_next()
    {
        await using var host = await StartAsync(typeof(EveryHalfMinute));
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        var first = await _runs.NextAsync();
        Assert.False(first.Timer.IsPastDue);
        Assert.Equal(default, first.Timer.ScheduleStatus!.Last);
        Assert.Equal(new DateTime(2026, 4, 15, 9, 31, 0, DateTimeKind.Utc), first.Timer.ScheduleStatus.Next);

        first.End.SetResult();
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        var second = await _runs.NextAsync();
        Assert.Equal(new DateTime(2026, 4, 15, 9, 30, 30, DateTimeKind.Utc), second.Timer.ScheduleStatus!.Last);
        second.End.SetResult();
    }

    [Fact]
    public async Task Never_runs_twice_at_a_time_and_leaves_out_what_came_meanwhile()
    {
        await using var host = await StartAsync(typeof(EveryHalfMinute));
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
        await using var host = await StartAsync(typeof(EveryHalfMinute));
        await _time.BegunAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMinutes(10));
        var late = await _runs.NextAsync();
        Assert.True(late.Timer.IsPastDue);
        late.End.SetResult();
    }

    [Fact]
    public async Task Runs_once_at_start_when_asked_to()
    {
        await using var host = await StartAsync(typeof(AtStart));
        var run = await _runs.NextAsync();
        Assert.False(run.Timer.IsPastDue);
        Assert.Null(run.Timer.ScheduleStatus);
        run.End.SetResult();
    }

    [Fact]
    public async Task A_failed_run_is_logged_and_the_next_comes()
    {
        await using var host = await StartAsync(typeof(EveryHalfMinute));
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        (await _runs.NextAsync()).End.SetException(new InvalidOperationException("no luck"));
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        (await _runs.NextAsync()).End.SetResult();
        Assert.Contains("no luck", await host.Logs.WaitForAsync("Function Tick failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schedule_may_be_a_setting()
    {
        await using var host = await StartAsync(typeof(BySetting), ("Schedule", "0 45 9 * * *"));
        Assert.Contains("Tick: timerTrigger 0 45 9 * * *", host.Output, StringComparison.Ordinal);
        for (var minute = 0; minute < 15; minute++)
        {
            // No wait is longer than a minute, so that a changed clock is noticed.
            Assert.False(_runs.Any);
            await _time.PassAsync(TimeSpan.FromMinutes(1));
        }

        (await _runs.NextAsync()).End.SetResult();
    }

    Task<RunningHost> StartAsync(Type functions, params (string Name, string Value)[] settings) => RunningHost.StartAsync([functions], builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(_time).AddSingleton(_runs);
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }
    });

    sealed record Run(TimerInfo Timer)
    {
        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    sealed class Runs
    {
        readonly Channel<Run> _runs = Channel.CreateUnbounded<Run>();

        public bool Any => _runs.Reader.Count > 0;

        public Task<Run> NextAsync() => _runs.Reader.ReadAsync().AsTask().Soon();

        public Task BeginAsync(TimerInfo timer)
        {
            var run = new Run(timer);
            _runs.Writer.TryWrite(run);
            return run.End.Task;
        }
    }

    sealed class EveryHalfMinute(Runs runs)
    {
        [Function("Tick")]
        public Task TickAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer) => runs.BeginAsync(timer);
    }

    sealed class AtStart(Runs runs)
    {
        [Function("Tick")]
        public Task TickAsync([TimerTrigger("0 0 3 * * *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer) => runs.BeginAsync(timer);
    }

    sealed class BySetting(Runs runs)
    {
        [Function("Tick")]
        public Task TickAsync([TimerTrigger("%Schedule%")] TimerInfo timer) => runs.BeginAsync(timer);
    }
}
