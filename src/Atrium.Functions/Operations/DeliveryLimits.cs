using Atrium.Functions.Deliveries;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of a delivery: how often, how far apart, how long.</summary>
internal sealed record DeliveryLimits(double LockSeconds)
{
    public int MaxAttempts { get; } = RetrySchedule.MaxAttempts;

    /// <summary>The waits after the first failure, the second, and so on, before jitter.</summary>
    public IReadOnlyList<double> WaitsSeconds { get; } =
        [.. Enumerable.Range(1, RetrySchedule.MaxAttempts - 1).Select(attempt => RetrySchedule.WaitAfter(attempt, jitter: 0).TotalSeconds)];

    /// <summary>No wait is longer, whatever jitter or <c>Retry-After</c> say.</summary>
    public double MaxWaitSeconds { get; } = RetrySchedule.Cap.TotalSeconds;

    /// <summary>The part of a wait by which jitter changes it: added below the longest wait, taken off at it.</summary>
    public double Jitter { get; } = RetrySchedule.Spread;

    /// <summary>How long an event and its deliveries live, from when it was accepted or last brought back by a person.</summary>
    public double LifetimeSeconds { get; } = Lifetime.Whole.TotalSeconds;

    /// <summary>When what failed on our side comes back, at the latest; not counted as an attempt.</summary>
    public double MaxPutBackSeconds { get; } = PutBackSchedule.Longest.TotalSeconds;

    /// <summary>Attempts at a time for one subscription, on one instance.</summary>
    public int MaxAtOncePerSubscription { get; } = EndpointSlots.Most;

    /// <summary>The same while its endpoint is slow.</summary>
    public int MaxAtOnceWhenSlow { get; } = EndpointSlots.MostWhenSlow;

    /// <summary>From when on an attempt makes its endpoint slow.</summary>
    public double SlowFromSeconds { get; } = EndpointSlots.SlowFrom.TotalSeconds;

    /// <summary>How long a send waits while Service Bus is throttled or down.</summary>
    public double MaxSendSeconds { get; } = PatientSender.Patience.TotalSeconds;

    /// <summary>How often a message is handed out that kills the process each time.</summary>
    public int MaxDeliveryCount { get; } = Queues.MaxDeliveryCount;
}
