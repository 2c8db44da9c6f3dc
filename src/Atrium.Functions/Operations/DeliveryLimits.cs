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

    /// <summary>When a delivery comes back that was put back uncounted, at the latest.</summary>
    public double MaxPutBackSeconds { get; } = PutBackSchedule.Longest.TotalSeconds;

    /// <summary>Requests at a time for one subscription, on one instance.</summary>
    public int MaxAtOncePerSubscription { get; } = EndpointGate.Most;

    /// <summary>The same for one tenant.</summary>
    public int MaxAtOncePerTenant { get; } = EndpointGate.MostOfTenant;

    /// <summary>From when on a request makes its endpoint slow.</summary>
    public double SlowFromSeconds { get; } = EndpointGate.SlowFrom.TotalSeconds;

    /// <summary>Requests at a time for one subscription while its endpoint is slow, or new.</summary>
    public int MaxAtOnceWhenSlow { get; } = EndpointGate.MostUnprovenOfEndpoint;

    /// <summary>The same for one tenant.</summary>
    public int MaxAtOnceWhenSlowPerTenant { get; } = EndpointGate.MostUnprovenOfTenant;

    /// <summary>The same for all of them together.</summary>
    public int MaxAtOnceWhenSlowInAll { get; } = EndpointGate.MostUnproven;

    /// <summary>Requests at a time to an endpoint that is down.</summary>
    public int MaxAtOnceWhenDown { get; } = EndpointGate.MostWhenDown;

    /// <summary>How many requests must have failed in the same way for an endpoint to be down.</summary>
    public int DownAfterFailures { get; } = Endpoint.MinEvidence;

    /// <summary>The time within which all requests must have failed in the same way.</summary>
    public double DownWithinSeconds { get; } = Endpoint.EvidenceWindow.TotalSeconds;

    /// <summary>How long a send waits while Service Bus is throttled or down.</summary>
    public double MaxSendSeconds { get; } = PatientSender.Patience.TotalSeconds;

    /// <summary>How often a message is handed out that kills the process each time.</summary>
    public int MaxDeliveryCount { get; } = Queues.MaxDeliveryCount;
}
