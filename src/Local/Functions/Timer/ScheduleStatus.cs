namespace Microsoft.Azure.Functions.Worker;

/// <summary>When a timer ran and will run, in UTC.</summary>
public class ScheduleStatus
{
    /// <summary>The last scheduled time that was run; the default value before the first.</summary>
    public DateTime Last { get; set; }

    /// <summary>The next scheduled time.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this status was last written.</summary>
    public DateTime LastUpdated { get; set; }
}
