using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Keeps the exception of a timer's run that an outage has ended from worker and host, which would log it with its
/// stack, each minute: a line says which run it was, <see cref="OutageLog"/> tells of the outage, and the next run
/// tries again. Whatever else ends a run passes through.
/// </summary>
/// <remarks>
/// The next run is never a day away: what is due once a night is scheduled for four hours of it, and finds nothing left
/// to do when it is done. A run that waited instead would end with its instance, and in any case after the 30 minutes
/// of functionTimeout on Flex Consumption (https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout),
/// which many an outage outlasts.
/// </remarks>
internal sealed partial class TimerOutageMiddleware(OutageLog outages, ILogger<TimerOutageMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    const string Timer = "timerTrigger";

    /// <summary>Whether a run is a timer's: what other triggers throw, their callers must see.</summary>
    public static bool Covers(FunctionContext context) =>
        context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == Timer);

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        // Where telemetry is by OpenTelemetry, the host makes no span of a timer's run.
        using var activity = Tracing.Source.StartActivity(context.FunctionDefinition.Name, ActivityKind.Consumer);
        try
        {
            await next(context);
        }
        catch (Exception e) when (
            !context.CancellationToken.IsCancellationRequested && outages.Explains(e))
        {
            Tracing.Fail(e);
            // What failed of several says how many did, and which.
            var error = e is AggregateException ? ErrorText.Line(e.Message) : ErrorText.Of(e);
            Log.Ended(logger, context.FunctionDefinition.Name, error);
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
            "An outage kept {Function} from what it does; its next run tries again: {Error}")]
        public static partial void Ended(ILogger logger, string function, string error);
    }
}
