using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Gives each request a trace id, which is in the answer if the request fails. If traces are exported, the worker has
/// done so already. If not, nothing else is traced.
/// </summary>
internal sealed class RequestTraceMiddleware : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (Activity.Current is not null || context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        using var activity = new Activity(context.FunctionDefinition.Name).SetIdFormat(ActivityIdFormat.W3C);
        // The host's own trace, which a client may have begun.
        var parent = TraceParent.Valid(context.TraceContext.TraceParent)
            ?? TraceParent.Valid(http.Request.Headers.TraceParent.ToString());
        if (parent is not null)
        {
            activity.SetParentId(parent);
        }

        activity.Start();
        await next(context);
    }
}
