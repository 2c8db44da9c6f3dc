namespace Atrium.Functions.Telemetry;

/// <summary>
/// Counts the requests that failed and were answered with a 5xx, and logs their number once a minute by function. An
/// outage explains them in its own lines, but does not count them, and the service level of publishing does. Those that
/// the host cancelled are not among them: their client is mostly gone.
/// </summary>
/// <remarks>Safe for concurrent use. What is not logged yet is logged when the app ends.</remarks>
internal sealed partial class FailedRequests(TimeProvider time, ILogger<FailedRequests> logger) : IDisposable
{
    /// <summary>From the first failure to the line: a line a minute and function, however many fail.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    readonly Dictionary<string, int> _failed = [];
    ITimer? _timer;
    long _since;

    /// <param name="function">Whose request it was.</param>
    public void Count(string function)
    {
        lock (_lock)
        {
            if (_timer is null)
            {
                _since = time.GetTimestamp();
                _timer = time.CreateTimer(_ => Tell(), null, Interval, Timeout.InfiniteTimeSpan);
            }

            _failed[function] = _failed.GetValueOrDefault(function) + 1;
        }
    }

    public void Dispose() => Tell();

    void Tell()
    {
        lock (_lock)
        {
            foreach (var (function, failed) in _failed)
            {
                Log.Failed(logger, function, failed, time.GetElapsedTime(_since).TotalSeconds);
            }

            _failed.Clear();
            _timer?.Dispose();
            _timer = null;
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "{Function}: {Failed} requests were answered with a 5xx in the last {Seconds:F0} s")]
        public static partial void Failed(ILogger logger, string function, int failed, double seconds);
    }
}
