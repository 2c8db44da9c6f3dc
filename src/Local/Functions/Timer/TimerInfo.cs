namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a timer tells the function that it starts.</summary>
public class TimerInfo
{
    /// <summary>When the timer ran and will run; null when the schedule is not watched.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether this run comes later than scheduled.</summary>
    public bool IsPastDue { get; set; }
}
