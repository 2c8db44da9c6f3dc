using System.Collections.Concurrent;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Does several things, one after the other or at once. One that fails does not stop the others. The failures are
/// reported at the end.
/// </summary>
/// <param name="stopping">Ends all of it: nothing is done any more, and the cancellation passes through.</param>
internal sealed class FailureCollector(CancellationToken stopping)
{
    // Enough to see what they have in common; the number of all stands beside them.
    const int MostNamed = 10;

    readonly ConcurrentQueue<(string Name, Exception Exception)> _failures = [];
    int _tried;

    /// <summary>Does one of the things.</summary>
    /// <param name="name">Its name in the report of failures; no personal data.</param>
    public Task TryAsync(string name, Func<Task> doAsync) => TryAsync(name, async () =>
    {
        await doAsync();
        return true;
    });

    /// <summary>Does one of the things, which has a result.</summary>
    /// <returns>The result; null, or what a type has instead, when it failed.</returns>
    public async Task<T?> TryAsync<T>(string name, Func<Task<T>> doAsync)
    {
        stopping.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _tried);
        try
        {
            return await doAsync();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            _failures.Enqueue((name, e));
            return default;
        }
    }

    /// <summary>To be called when all is done.</summary>
    /// <exception cref="AggregateException">What failed, with how many and which.</exception>
    public void Complete()
    {
        if (!_failures.IsEmpty)
        {
            var more = _failures.Count > MostNamed ? ", …" : "";
            throw new AggregateException(
                $"{_failures.Count} of {_tried} failed: "
                + $"{string.Join(", ", _failures.Take(MostNamed).Select(failure => failure.Name))}{more}.",
                _failures.Select(failure => failure.Exception));
        }
    }
}
