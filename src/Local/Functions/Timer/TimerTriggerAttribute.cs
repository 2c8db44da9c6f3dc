using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function by the clock.</summary>
/// <param name="schedule">
/// An NCRONTAB expression of six fields (seconds first), read in UTC; or a time span such as <c>00:00:30</c>; or <c>%Setting%</c>, the
/// setting that holds one of them.
/// </param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>The schedule as written.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>
    /// Whether the schedule is watched (the default), which fills <see cref="TimerInfo.ScheduleStatus"/>. On Azure the status survives
    /// restarts; here it is kept in memory, so a run missed while the host was down is not made up for.
    /// </summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Whether the function also runs once when the host starts.</summary>
    public bool RunOnStartup { get; set; }
}
