namespace Atrium.Functions.Deliveries;

/// <summary>When a message comes back that was put back without counting as an attempt: something failed on our side (tables, vault), or its endpoint was busy.</summary>
internal static class PutBackSchedule
{
    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>Five seconds, doubling to a minute, less up to a quarter so that a whole queue does not come back at once.</summary>
    /// <param name="putBacks">How often this attempt was put back before; 0 the first time.</param>
    /// <param name="jitter">At least 0, below 1.</param>
    public static TimeSpan Wait(int putBacks, double jitter)
    {
        var doubled = First * Math.Pow(2, Math.Min(putBacks, 10));
        return (doubled < Longest ? doubled : Longest) * (1 - 0.25 * jitter);
    }
}
