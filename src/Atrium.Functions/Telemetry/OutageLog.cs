using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Tells the log of an outage of a dependency: one line when it begins, one a minute with the number of calls that
/// failed, one when it is over. Without it each message and each request would, twenty a second or a thousand.
/// </summary>
/// <remarks>
/// An outage is over when a call has succeeded since the last that failed, and none has failed for <see cref="Calm"/>.
/// So one that comes and goes is one outage, and a dependency of which nothing is asked is not said to work. Safe for
/// concurrent use; where nothing fails, a call costs the reading of a flag.
/// </remarks>
internal sealed partial class OutageLog(TimeProvider time, ILogger<OutageLog> logger) : IDisposable
{
    /// <summary>How long at least lies between two lines that say that an outage goes on.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For how long no call may have failed: an outage that comes and goes writes four lines a minute at most.
    /// </summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    // How often an outage is looked at.
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    readonly Lock _gate = new();
    readonly Dictionary<string, Ongoing> _ongoing = [];
    volatile bool _any;

    /// <param name="dependency">One of <see cref="Dependency"/>.</param>
    /// <param name="exception">What its client has thrown, or would.</param>
    public void Failed(string dependency, Exception exception)
    {
        var error = ErrorText.Of(exception);
        lock (_gate)
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

        lock (_gate)
        {
            if (_ongoing.TryGetValue(dependency, out var outage))
            {
                outage.HasSucceeded = true;
            }
        }
    }

    /// <summary>
    /// Whether the lines about an outage explain an exception, so that none of its own is needed. The clients of tables
    /// and vault tell of their failures themselves (<see cref="OutagePolicy"/>); one of Service Bus is told by this
    /// call.
    /// </summary>
    public bool Explains(Exception exception)
    {
        switch (exception)
        {
            case AggregateException { InnerExceptions: { Count: > 0 } inner }:
                return inner.Aggregate(true, (all, e) => Explains(e) && all);
            case MissingSecretException:
                // The vault works.
                return false;
            case RequestFailedException answer:
                return Outage.IsFailure(answer.Status, answer.ErrorCode);
            case var failure and (ServiceBusException or UnauthorizedAccessException)
                when Outage.IsOne(failure, CancellationToken.None):
                Failed(Dependency.ServiceBus, failure);
                return true;
            case AuthenticationFailedException noToken when !IsToldOfOthers():
                // The clients of tables and vault would have told: it is Service Bus that got no token.
                Failed(Dependency.ServiceBus, noToken);
                return true;
            default:
                // Nobody says of these whose they are: they are explained only by what somebody has told already.
                return _any && Outage.IsOne(exception, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var outage in _ongoing.Values)
            {
                outage.Timer.Dispose();
            }
        }
    }

    bool IsToldOfOthers()
    {
        lock (_gate)
        {
            return _ongoing.Keys.Any(dependency => dependency != Dependency.ServiceBus);
        }
    }

    void Look(string dependency)
    {
        lock (_gate)
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
            "{Dependency} fails: {Error}. What needs it is put back, or answered with 503; "
            + "it is told once a minute, and not of each, while this goes on")]
        public static partial void Began(ILogger logger, string dependency, string error);

        [LoggerMessage(2, LogLevel.Warning,
            "{Dependency} still fails: {Failed} calls in the last {Seconds:F0} s, since {Since:u}; the last said "
                + "{Error}")]
        public static partial void GoesOn(
            ILogger logger, string dependency, long failed, double seconds, DateTimeOffset since, string error);

        [LoggerMessage(3, LogLevel.Information,
            "{Dependency} works again: {FailedInAll} calls failed in {Seconds:F0} s, since {Since:u}; "
            + "{Failed} of them had not been told yet")]
        public static partial void Over(
            ILogger logger, string dependency, long failedInAll, double seconds, DateTimeOffset since, long failed);
    }
}

/// <summary>The services that the app cannot do without, by the names under which the log tells of them.</summary>
internal static class Dependency
{
    public const string Tables = "Table Storage";
    public const string Vault = "Key Vault";
    public const string ServiceBus = "Service Bus";
}

/// <summary>
/// Tells of each call of a client what came of it, after all its tries. What its caller has cancelled says nothing of
/// the service.
/// </summary>
/// <param name="dependency">One of <see cref="Dependency"/>: whose client it is.</param>
/// <param name="outages">Whom it tells.</param>
internal sealed class OutagePolicy(string dependency, OutageLog outages) : HttpPipelinePolicy
{
    const string ErrorCode = "x-ms-error-code";

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception e) when (!message.CancellationToken.IsCancellationRequested)
        {
            outages.Failed(dependency, e);
            throw;
        }

        Tell(message.Response);
    }

    // Only Data Protection, which keeps the keys of sessions, knows no other way to read and write them.
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception e) when (!message.CancellationToken.IsCancellationRequested)
        {
            outages.Failed(dependency, e);
            throw;
        }

        Tell(message.Response);
    }

    void Tell(Response response)
    {
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
