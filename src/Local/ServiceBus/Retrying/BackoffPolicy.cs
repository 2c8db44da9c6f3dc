using System.Net.Sockets;

namespace Azure.Messaging.ServiceBus;

/// <summary>The policy that the plain options describe.</summary>
/// <param name="options">The options, which no one changes any more.</param>
/// <param name="chance">Numbers from 0 to 1 that no one can foretell.</param>
internal sealed class BackoffPolicy(ServiceBusRetryOptions options, Func<double> chance) : ServiceBusRetryPolicy
{
    /// <summary>How much of the base delay is added at most, so that clients which failed together do not come back together.</summary>
    const double JitterShare = 0.08;

    public override TimeSpan CalculateTryTimeout(int attemptCount) => options.TryTimeout;

    public override TimeSpan? CalculateRetryDelay(Exception lastException, int attemptCount)
    {
        if (attemptCount > options.MaxRetries || !MayPass(lastException) || options.MaxDelay == TimeSpan.Zero) return null;
        var growth = options.Mode == ServiceBusRetryMode.Exponential ? Math.Pow(2, attemptCount) : 1;
        var seconds = (options.Delay.TotalSeconds * growth) + (options.Delay.TotalSeconds * JitterShare * chance());
        return TimeSpan.FromSeconds(Math.Min(seconds, options.MaxDelay.TotalSeconds));
    }

    static bool MayPass(Exception exception) => exception switch
    {
        ServiceBusException failure => failure.IsTransient,
        AggregateException { InnerExceptions: [var only] } => MayPass(only),
        TimeoutException or SocketException or IOException => true,
        _ => false,
    };
}
