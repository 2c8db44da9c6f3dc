namespace Azure.Messaging.ServiceBus;

/// <summary>Decides whether, when and for how long an operation is tried again.</summary>
public abstract class ServiceBusRetryPolicy
{
    /// <summary>Makes a policy.</summary>
    protected ServiceBusRetryPolicy()
    {
    }

    /// <summary>How long one try may take.</summary>
    /// <param name="attemptCount">The tries that have failed so far; 0 for the first.</param>
    /// <returns>The longest time for this try.</returns>
    public abstract TimeSpan CalculateTryTimeout(int attemptCount);

    /// <summary>How long to wait before the next try.</summary>
    /// <param name="lastException">What the last try failed with.</param>
    /// <param name="attemptCount">The tries that have failed so far, at least 1.</param>
    /// <returns>The wait, or null to give up.</returns>
    public abstract TimeSpan? CalculateRetryDelay(Exception lastException, int attemptCount);
}
