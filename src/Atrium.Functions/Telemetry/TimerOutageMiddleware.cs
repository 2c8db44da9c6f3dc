using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Keeps the exception of a timer's run that an outage has ended from worker and host, which would log it with its
/// stack, each minute: the log tells of the outage, and the next run tries again. Whatever else ends a run passes
/// through.
/// </summary>
internal sealed class TimerOutageMiddleware(OutageLog outages) : IFunctionsWorkerMiddleware
{
    const string Timer = "timerTrigger";

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (
            IsTimer(context) && !context.CancellationToken.IsCancellationRequested && outages.Explains(e))
        {
            Tracing.PutOff(e);
        }
    }

    static bool IsTimer(FunctionContext context) =>
        context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == Timer);
}
