using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Logs an outage of a dependency: one line when it begins, one a minute with the number of failed calls, and one when
/// it is over. Otherwise each message and each request would write a line.
/// </summary>
/// <remarks>
/// An outage is over when a call has succeeded since the last that failed, and none has failed for <see cref="Calm"/>.
/// So an outage that comes and goes is one outage, and the log does not say that a dependency works while nobody calls
/// it. Safe for concurrent use; where nothing fails, a call costs the reading of a flag.
/// </remarks>
internal sealed partial class OutageLog(TimeProvider time, ILogger<OutageLog> logger) : IDisposable
{
    /// <summary>The least time between two lines about an outage that goes on.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For how long no call may have failed: an outage that comes and goes writes four lines a minute at most.
    /// </summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    // How often an outage is looked at.
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    readonly Lock _lock = new();
    readonly Dictionary<string, Ongoing> _ongoing = [];
    volatile bool _any;

    /// <param name="dependency">One of <see cref="Dependency"/>.</param>
    /// <param name="exception">The exception of its client.</param>
    public void Failed(string dependency, Exception exception)
    {
        var error = ErrorText.Of(exception);
        lock (_lock)
        {
            if (!_ongoing.TryGetValue(dependency, out var outage))
            {
                var now = time.GetTimestamp();
                var timer = time.CreateTimer(_ => Look(dependency), null, Tick, Tick);
                _ongoing[dependency] = outage = new Ongoing(time.GetUtcNow(), timer) { Began = now, ToldAt = now };
                _any = true;
                Log.Began(logger, dependency, error);
            }
            else
            {
                outage.Untold++;
            }

            outage.Failed++;
            (outage.Error, outage.FailedAt, outage.HasSucceeded) = (error, time.GetTimestamp(), false);
        }
    }

    /// <param name="dependency">One of <see cref="Dependency"/>.</param>
    public void Succeeded(string dependency)
    {
        if (!_any)
        {
            return;
        }

        lock (_lock)
        {
            if (_ongoing.TryGetValue(dependency, out var outage))
            {
                outage.HasSucceeded = true;
            }
        }
    }

    /// <summary>
    /// Whether the lines about an outage explain an exception, so that none of its own is needed. The clients of
    /// tables, vault and backups report their failures themselves (<see cref="OutagePolicy"/>). A failure of Service
    /// Bus is reported by this call.
    /// </summary>
    public bool Explains(Exception exception)
    {
        switch (exception)
        {
            case AggregateException { InnerExceptions: { Count: > 0 } inner }:
                return inner.Aggregate(true, (all, e) => Explains(e) && all);
            case MissingSecretException or ContendedRowException:
                // The vault works, and so do the tables.
                return false;
            case RequestFailedException answer:
                return Outage.IsFailure(answer.Status, answer.ErrorCode);
            case var failure and (ServiceBusException or UnauthorizedAccessException)
                when Outage.IsOne(failure, CancellationToken.None):
                Failed(Dependency.ServiceBus, failure);
                return true;
            case AuthenticationFailedException noToken when !IsToldOfOthers():
                // The other clients would have reported it, so Service Bus got no token.
                Failed(Dependency.ServiceBus, noToken);
                return true;
            default:
                // It is unknown which dependency these are about, so only outages that were already reported explain
                // them.
                return _any && Outage.IsOne(exception, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var outage in _ongoing.Values)
            {
                outage.Timer.Dispose();
            }
        }
    }

    bool IsToldOfOthers()
    {
        lock (_lock)
        {
            return _ongoing.Keys.Any(dependency => dependency != Dependency.ServiceBus);
        }
    }

    void Look(string dependency)
    {
        lock (_lock)
        {
            if (!_ongoing.TryGetValue(dependency, out var outage))
            {
                return;
            }

            if (outage.HasSucceeded && time.GetElapsedTime(outage.FailedAt) >= Calm)
            {
                outage.Timer.Dispose();
                _ongoing.Remove(dependency);
                _any = _ongoing.Count > 0;
                var lasted = time.GetElapsedTime(outage.Began, outage.FailedAt);
                Log.Over(logger, dependency, outage.Failed, lasted.TotalSeconds, outage.Since, outage.Untold);
            }
            else if (outage.Untold > 0 && time.GetElapsedTime(outage.ToldAt) is var silence && silence >= Interval)
            {
                Log.GoesOn(logger, dependency, outage.Untold, silence.TotalSeconds, outage.Since, outage.Error);
                (outage.Untold, outage.ToldAt) = (0, time.GetTimestamp());
            }
        }
    }

    sealed class Ongoing(DateTimeOffset since, ITimer timer)
    {
        public DateTimeOffset Since => since;
        public ITimer Timer => timer;
        public required long Began { get; init; }
        public required long ToldAt { get; set; }
        public long FailedAt { get; set; }
        public long Failed { get; set; }
        public long Untold { get; set; }
        public string Error { get; set; } = "";
        public bool HasSucceeded { get; set; }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "{Dependency} fails: {Error}. While this goes on, failed calls are counted once a minute")]
        public static partial void Began(ILogger logger, string dependency, string error);

        [LoggerMessage(2, LogLevel.Warning,
            "{Dependency} still fails: {Failed} calls in the last {Seconds:F0} s, since {Since:u}; the last said "
                + "{Error}")]
        public static partial void GoesOn(
            ILogger logger, string dependency, long failed, double seconds, DateTimeOffset since, string error);

        [LoggerMessage(3, LogLevel.Information,
            "{Dependency} works again: {FailedInAll} calls failed in {Seconds:F0} s, since {Since:u}; "
            + "{Failed} of them had not been reported yet")]
        public static partial void Over(
            ILogger logger, string dependency, long failedInAll, double seconds, DateTimeOffset since, long failed);
    }
}

/// <summary>The services that the app depends on, by their names in the log.</summary>
internal static class Dependency
{
    public const string Tables = "Table Storage";
    public const string Vault = "Key Vault";
    public const string Blobs = "Blob Storage";
    public const string ServiceBus = "Service Bus";
}

/// <summary>
/// Reports the result of each call of a client, after all its tries. A call that its caller has cancelled does not
/// count.
/// </summary>
/// <param name="dependency">One of <see cref="Dependency"/>: the client's service.</param>
/// <param name="outages">The log of outages.</param>
internal sealed class OutagePolicy(string dependency, OutageLog outages) : HttpPipelinePolicy
{
    const string ErrorCode = "x-ms-error-code";

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        await ReportAsync(message, () => ProcessNextAsync(message, pipeline));

    // Only Data Protection, for the keys of sessions, makes synchronous calls. They leave nothing to wait for.
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        ReportAsync(message, () =>
        {
            ProcessNext(message, pipeline);
            return ValueTask.CompletedTask;
        }).GetAwaiter().GetResult();

    async Task ReportAsync(HttpMessage message, Func<ValueTask> processAsync)
    {
        try
        {
            await processAsync();
        }
        catch (Exception e) when (Outage.IsOne(e, message.CancellationToken))
        {
            outages.Failed(dependency, e);
            throw;
        }

        var response = message.Response;
        if (Outage.IsFailure(response.Status, response.Headers.TryGetValue(ErrorCode, out var code) ? code : null))
        {
            outages.Failed(dependency, new RequestFailedException(response));
        }
        else
        {
            outages.Succeeded(dependency);
        }
    }
}
