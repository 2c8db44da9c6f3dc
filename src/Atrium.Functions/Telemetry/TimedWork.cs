using System.Diagnostics;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Does a piece of a timer's work, with a span of its own. If an outage ends the work, its exception does not reach
/// worker and host, which would log it with its stack each minute. A line names the work, <see cref="OutageLog"/>
/// reports the outage, and the next run tries again. Any other exception passes through.
/// </summary>
/// <remarks>
/// The next run is never a day away: what is due once a night is scheduled for four hours of it, and finds nothing left
/// to do when it is done. A run that waited instead would end with its instance, and in any case after host.json's
/// functionTimeout, which leaves time for a million dead letters to be indexed anew on Standard.
/// </remarks>
internal sealed partial class TimedWork(OutageLog outages, ILogger<TimedWork> logger)
{
    /// <param name="name">The span's name, one of <see cref="SpanName"/>.</param>
    /// <param name="stopping">Ends it; its cancellation passes through.</param>
    public async Task DoAsync(string name, Func<CancellationToken, Task> doAsync, CancellationToken stopping)
    {
        // Where telemetry is by OpenTelemetry, the host makes no span of a timer's run.
        using var activity = Tracing.Source.StartActivity(name, ActivityKind.Consumer);
        try
        {
            await doAsync(stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested && outages.Explains(e))
        {
            Tracing.Fail(e);
            // What failed of several says how many did, and which.
            var error = e is AggregateException ? ErrorText.Line(e.Message) : ErrorText.Of(e);
            Log.Ended(logger, name, error);
        }
        catch (Exception e)
        {
            Tracing.Fail(e);
            throw;
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "An outage kept {Work} from what it does; its next run tries again: {Error}")]
        public static partial void Ended(ILogger logger, string work, string error);
    }
}
