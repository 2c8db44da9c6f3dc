namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Bounds what many may wait for, so that no one waiter's token can.</summary>
internal static class Deadline
{
    public static async Task<T> WithinAsync<T>(
        TimeSpan limit, TimeProvider time, string what, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await action(both.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{what} took more than {limit.TotalSeconds:0.###} s.", exception);
        }
    }
}
