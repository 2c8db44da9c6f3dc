namespace Atrium.Functions.Telemetry;

/// <summary>Does something for each of several things, so that one that fails keeps none of the others.</summary>
internal static class Separately
{
    /// <param name="things">What to do it for.</param>
    /// <param name="doAsync">Does it for one.</param>
    /// <param name="stopping">Ends all of it.</param>
    /// <exception cref="AggregateException">What failed, when all others are done.</exception>
    public static async Task DoAsync<T>(IEnumerable<T> things, Func<T, Task> doAsync, CancellationToken stopping)
    {
        var failures = new List<Exception>();
        foreach (var thing in things)
        {
            try
            {
                await doAsync(thing);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }
}
