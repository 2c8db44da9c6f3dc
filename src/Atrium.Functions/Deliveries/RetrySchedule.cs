namespace Atrium.Functions.Deliveries;

/// <summary>
/// The fixed retry schedule that customers rely on: ten attempts, waits doubling from five seconds to five minutes.
/// </summary>
internal static class RetrySchedule
{
    /// <summary>Attempts of one run, the first included.</summary>
    public const int MaxAttempts = 10;

    /// <summary>The longest wait; neither jitter nor <c>Retry-After</c> goes beyond it.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromMinutes(5);

    /// <summary>The part of a wait by which jitter can change it.</summary>
    public const double Spread = 0.1;

    static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The wait after the failure of an attempt. Jitter is added to a wait, and subtracted from the longest one. So no
    /// wait exceeds the maximum, and deliveries that failed together do not come back together.
    /// </summary>
    /// <param name="attempt">The attempt that failed, 1 to 9.</param>
    /// <param name="jitter">At least 0, below 1.</param>
    /// <param name="retryAfter">What the receiver asked for; it lengthens a wait, never shortens it.</param>
    public static TimeSpan WaitAfter(int attempt, double jitter, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(attempt, MaxAttempts);
        var scheduled = First * Math.Pow(2, attempt - 1);
        var wait = Min(Cap, Max(scheduled, retryAfter ?? TimeSpan.Zero));
        return wait < Cap ? Min(Cap, wait * (1 + Spread * jitter)) : wait * (1 - Spread * jitter);
    }

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
    static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
