using System.Runtime.ExceptionServices;

namespace Azure.Messaging.ServiceBus;

/// <summary>Runs an operation until it succeeds, fails for good, or its tries are used up.</summary>
internal sealed class RetryRunner(ServiceBusRetryPolicy policy, TimeProvider time)
{
    /// <summary>Runs an operation. Each try gets a token that ends it with the try's time or with the caller's patience.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> operation, string? entityPath, CancellationToken cancellationToken)
    {
        for (var failed = 0; ;)
        {
            ThrowIfCancelled(cancellationToken);
            Exception failure;
            var timeout = policy.CalculateTryTimeout(failed);
            using (var limit = new CancellationTokenSource(timeout, time))
            using (var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken))
            {
                try
                {
                    return await operation(both.Token).ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    if (exception is OperationCanceledException) ThrowIfCancelled(cancellationToken);
                    failure = exception is OperationCanceledException && limit.IsCancellationRequested
                        ? ErrorMapping.TimedOut($"No answer came within {timeout.TotalSeconds:0.###} s, the time for one try.", entityPath, exception)
                        : ErrorMapping.Translate(exception, entityPath);
                }
            }

            var delay = policy.CalculateRetryDelay(failure, ++failed);
            if (delay is null) ExceptionDispatchInfo.Throw(failure);
            await Task.Delay(delay.Value, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task RunAsync(Func<CancellationToken, Task> operation, string? entityPath, CancellationToken cancellationToken)
    {
        await RunAsync(
            async limit =>
            {
                await operation(limit).ConfigureAwait(false);
                return true;
            },
            entityPath,
            cancellationToken).ConfigureAwait(false);
    }

    static void ThrowIfCancelled(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) throw new TaskCanceledException(null, null, cancellationToken);
    }
}
