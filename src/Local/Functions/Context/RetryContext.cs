namespace Microsoft.Azure.Functions.Worker;

/// <summary>How often an invocation has been repeated by a retry policy of its function.</summary>
public abstract class RetryContext
{
    /// <summary>The number of repetitions so far; 0 at the first try.</summary>
    public abstract int RetryCount { get; }

    /// <summary>The most repetitions that there will be; 0 without a policy.</summary>
    public abstract int MaxRetryCount { get; }
}
