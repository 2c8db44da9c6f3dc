using System.Diagnostics;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>Runs a function once: services of its own, the middleware around it, a bound on its time, a trace, a log line when it fails.</summary>
/// <param name="pipeline">The middleware with <see cref="FunctionCall.ExecuteAsync"/> at its inner end.</param>
/// <param name="scopes">Makes each invocation its services.</param>
/// <param name="timeout">After what time the token is cancelled.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
/// <param name="cutOff">Cancelled when the host stops and has waited long enough.</param>
internal sealed partial class FunctionInvoker(
    FunctionExecutionDelegate pipeline,
    IServiceScopeFactory scopes,
    TimeSpan timeout,
    TimeProvider time,
    ILogger<FunctionInvoker> logger,
    CancellationToken cutOff)
{
    /// <summary>The worker's own name for the source of its activities.</summary>
    public const string ActivitySourceName = "Microsoft.Azure.Functions.Worker";

    static readonly ActivitySource s_activities = new(ActivitySourceName);

    /// <summary>Runs a function to its end; what it throws, this throws.</summary>
    /// <param name="function">The function.</param>
    /// <param name="cause">Why.</param>
    /// <param name="callerGone">Cancelled when nobody waits for the result any more.</param>
    public async Task InvokeAsync(BoundFunction function, Cause cause, CancellationToken callerGone)
    {
        using var timeIsUp = new CancellationTokenSource(timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeIsUp.Token, callerGone, cutOff);
        await using var scope = scopes.CreateAsyncScope();
        var context = new InvocationContext(function, cause, scope.ServiceProvider, end.Token);
        var call = new FunctionCall(function, cause.Trigger);
        context.Features.Set(call);

        using var activity = StartActivity(function, context, cause.Trace);
        using var overtime = timeIsUp.Token.Register(() => Log.TimeIsUp(logger, function.Name, context.InvocationId, timeout));
        Log.Executing(logger, function.Name, context.InvocationId);
        try
        {
            await pipeline(context);
            await cause.Deliver(context, call.Result);
        }
        catch (OperationCanceledException) when (callerGone.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error).AddException(failure);
            Log.Failed(logger, failure, function.Name, context.InvocationId);
            throw;
        }
    }

    static Activity? StartActivity(BoundFunction function, InvocationContext context, ReceivedTrace trace)
    {
        // Under ASP.NET Core's own activity for the request, which has the remote parent already; otherwise under the remote parent.
        var activity = s_activities.StartActivity($"function {function.Name}", ActivityKind.Internal, Activity.Current?.Context ?? trace.Remote);
        activity?.SetTag("faas.name", function.Name);
        activity?.SetTag("faas.invocation_id", context.InvocationId);
        return activity;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Executing function {Function} (invocation {InvocationId}).")]
        public static partial void Executing(ILogger logger, string function, string invocationId);

        [LoggerMessage(2, LogLevel.Error, "Function {Function} failed (invocation {InvocationId}).")]
        public static partial void Failed(ILogger logger, Exception failure, string function, string invocationId);

        [LoggerMessage(3, LogLevel.Warning, "Function {Function} has run for {Timeout}, host.json's functionTimeout; its token is cancelled (invocation {InvocationId}).")]
        public static partial void TimeIsUp(ILogger logger, string function, string invocationId, TimeSpan timeout);
    }
}
