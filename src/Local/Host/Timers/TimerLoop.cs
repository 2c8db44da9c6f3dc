using System.Text.Json;
using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Timers;

/// <summary>Runs a timer function whenever it is due, one run after the other.</summary>
internal sealed class TimerLoop : ITriggerLoop
{
    public const string Trigger = "timerTrigger";

    /// <summary>A run that starts later than this is past due; less is what a busy machine takes.</summary>
    static readonly TimeSpan s_late = TimeSpan.FromSeconds(1);

    /// <summary>No wait is longer, so that a clock that was set, or a machine that slept, is noticed.</summary>
    static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    readonly Function _function;
    readonly TimerSchedule _schedule;
    readonly InvokeFunction _invoke;
    readonly TimeProvider _time;
    readonly string? _statusFile;
    readonly CancellationTokenSource _stop = new();
    readonly Lock _gate = new();
    Task _loop = Task.CompletedTask;
    Task _asked = Task.CompletedTask;

    /// <param name="function">The function.</param>
    /// <param name="settings">The app's settings.</param>
    /// <param name="statusFolder">Where it is kept when the function ran.</param>
    /// <param name="invoke">Runs it.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="HostStartException">The text is not a schedule.</exception>
    public TimerLoop(
        Function function, IConfiguration settings, string statusFolder, InvokeFunction invoke, TimeProvider time)
    {
        (_function, _invoke, _time) = (function, invoke, time);
        var schedule = SettingReference.Resolve(
            function.Text("schedule") ?? "", settings, $"the schedule of {function}");
        _schedule = TimerSchedule.Parse(schedule) ?? throw function.Refused(
            $"its schedule '{schedule}' is neither an NCRONTAB expression of six fields "
            + "(second minute hour day month weekday), "
            + "such as '0 */5 * * * *', nor a time span, such as '00:05:00'. Correct it.");
        if (!_schedule.IsEverDue(time.GetUtcNow()))
        {
            throw function.Refused($"its schedule '{schedule}' names a time that never comes. Correct it.");
        }

        Listing = $"{Name}: {Trigger} {schedule}";
        // As at the real host: what comes again within a minute need not be made up.
        _statusFile = function.Flag("useMonitor") == false || _schedule.IsFrequent(time.GetUtcNow())
            ? null
            : Path.Combine(statusFolder, $"{Name}.json");
    }

    public string Name => _function.Name;

    public string Listing { get; }

    public void Open()
    {
    }

    public Task StartAsync()
    {
        _loop = RunAsync();
        return Task.CompletedTask;
    }

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

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
    }

    async Task RunAsync()
    {
        try
        {
            var now = _time.GetUtcNow();
            var status = (_statusFile is null ? null : TimerStatus.Read(_statusFile, _schedule, now))
                ?? After(last: default);
            if (_function.Flag("runOnStartup") == true && status.Next > now)
            {
                await RunOnceAsync(status.Last, now, pastDue: false);
                status = After(status.Last);
            }

            while (true)
            {
                status = await WaitAsync(status);
                await RunOnceAsync(status.Last, status.Next, pastDue: _time.GetUtcNow() - status.Next > s_late);
                status = After(status.Next);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // What fell due during the last run is left out.
    TimerStatus After(DateTimeOffset last)
    {
        var from = Later(_time.GetUtcNow(), last);
        var status = new TimerStatus(last, _schedule.NextAfter(from), from);
        if (_statusFile is not null)
        {
            status.Write(_statusFile);
        }

        return status;
    }

    /// <returns>The status whose next run is due now.</returns>
    async Task<TimerStatus> WaitAsync(TimerStatus status)
    {
        while (status.Next - _time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            if (status.LastUpdated - _time.GetUtcNow() > s_longestWait)
            {
                // The clock was set back. What is near by it comes first, as at a start.
                status = After(last: default);
                continue;
            }

            await Task.Delay(left < s_longestWait ? left : s_longestWait, _time, _stop.Token);
        }

        _stop.Token.ThrowIfCancellationRequested();
        return status;
    }

    async Task RunOnceAsync(DateTimeOffset last, DateTimeOffset due, bool pastDue)
    {
        var status = _function.Flag("useMonitor") == false ? null : new
        {
            Last = last.UtcDateTime,
            Next = _schedule.NextAfter(due).UtcDateTime,
            LastUpdated = last.UtcDateTime,
        };
        var timer = JsonSerializer.Serialize(
            new { Schedule = new { AdjustForDST = true }, ScheduleStatus = status, IsPastDue = pastDue });
        try
        {
            await _invoke(
                _function, new() { Name = _function.Parameter, Data = new() { Json = timer } }, parent: default);
        }
        catch (Exception failed) when (failed is FunctionFailedException or OperationCanceledException)
        {
            // The invoker has logged it, and the next run comes when it is due.
        }
    }

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
