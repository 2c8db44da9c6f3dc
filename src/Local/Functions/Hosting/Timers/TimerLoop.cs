using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Hosting.Timers;

/// <summary>Runs a timer function whenever it is due, one run after the other.</summary>
internal sealed class TimerLoop : ITriggerLoop
{
    /// <summary>A run that starts later than this is past due; less is what a busy machine takes.</summary>
    static readonly TimeSpan s_late = TimeSpan.FromSeconds(1);

    /// <summary>No wait is longer, so that a clock that was set, or a machine that slept, is noticed.</summary>
    static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    readonly BoundFunction _function;
    readonly TimerTriggerAttribute _trigger;
    readonly TimerSchedule _schedule;
    readonly FunctionInvoker _invoker;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _stop = new();
    readonly Lock _gate = new();
    Task _loop = Task.CompletedTask;
    Task _asked = Task.CompletedTask;

    /// <exception cref="HostStartException">The schedule is none, or a parameter cannot be bound.</exception>
    public TimerLoop(FunctionMethod function, IConfiguration settings, FunctionInvoker invoker, TimeProvider time)
    {
        _trigger = (TimerTriggerAttribute)function.Trigger;
        _invoker = invoker;
        _time = time;
        var schedule = SettingReference.Resolve(_trigger.Schedule, settings, $"the schedule of {function}");
        _schedule = TimerSchedule.Parse(schedule) ?? throw function.Refused(
            $"its schedule '{schedule}' is neither an NCRONTAB expression of six fields (second minute hour day month weekday), such as '0 */5 * * * *', nor a time span, such as '00:05:00'. Correct it.");
        if (!_schedule.IsEverDue(time.GetUtcNow()))
        {
            throw function.Refused($"its schedule '{schedule}' names a time that never comes. Correct it.");
        }

        _function = new(function, parameter => TimerParameters.Source(function, parameter));
        Name = function.Name;
        Listing = $"{Name}: timerTrigger {schedule}";
    }

    public string Name { get; }

    public string Listing { get; }

    public void Open()
    {
    }

    public void Start() => _loop = RunAsync();

    /// <summary>Begins a run beside those of the schedule, which does not notice.</summary>
    /// <returns>False when the host stops.</returns>
    public bool RunNow()
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                return false;
            }

            _asked = Task.WhenAll(_asked, Task.Run(() => RunOnceAsync(default, _time.GetUtcNow(), pastDue: false)));
            return true;
        }
    }

    public async Task StopAsync(CancellationToken giveUp)
    {
        await _stop.CancelAsync();
        Task asked;
        lock (_gate)
        {
            asked = _asked;
        }

        await Task.WhenAll(_loop, asked).WaitAsync(giveUp);
    }

    public ValueTask DisposeAsync()
    {
        _stop.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task RunAsync()
    {
        try
        {
            DateTimeOffset last = default;
            if (_trigger.RunOnStartup)
            {
                await RunOnceAsync(last, _time.GetUtcNow(), pastDue: false);
            }

            while (true)
            {
                var due = _schedule.NextAfter(Later(_time.GetUtcNow(), last));
                await WaitUntilAsync(due);
                await RunOnceAsync(last, due, pastDue: _time.GetUtcNow() - due > s_late);
                last = due;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    async Task WaitUntilAsync(DateTimeOffset due)
    {
        for (var left = due - _time.GetUtcNow(); left > TimeSpan.Zero; left = due - _time.GetUtcNow())
        {
            await Task.Delay(left < s_longestWait ? left : s_longestWait, _time, _stop.Token);
        }

        _stop.Token.ThrowIfCancellationRequested();
    }

    async Task RunOnceAsync(DateTimeOffset last, DateTimeOffset due, bool pastDue)
    {
        var timer = new TimerInfo
        {
            IsPastDue = pastDue,
            ScheduleStatus = _trigger.UseMonitor
                ? new() { Last = last.UtcDateTime, Next = _schedule.NextAfter(due).UtcDateTime, LastUpdated = last.UtcDateTime }
                : null,
        };
        try
        {
            await _invoker.InvokeAsync(_function, new(timer, new Dictionary<string, object?>(), ReceivedTrace.None), CancellationToken.None);
        }
        catch (Exception)
        {
            // The invoker has logged it, and the next run comes when it is due.
        }
    }

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
