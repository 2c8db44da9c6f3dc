using Atrium.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Atrium.Functions.Http;

/// <summary>
/// The one place where an exception in an HTTP function becomes an answer. Queue and timer functions pass through
/// untouched.
/// </summary>
internal sealed partial class ProblemMiddleware(
    OutageLog outages, FailedRequests failed, ILogger<ProblemMiddleware> logger) : IFunctionsWorkerMiddleware
{
    /// <summary>The <c>Cache-Control</c> of what nobody may keep.</summary>
    public const string NotKept = "no-store";

    // Long enough for a throttled dependency to recover, short enough for a person to wait.
    const string RetryAfterSeconds = "10";

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception e) when (Outage.IsCancellation(e) && IsCancelled(context, http))
        {
            // The client is gone, but the host may say so when it is not: what can be answered is answered.
            if (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
            {
                await AnswerAsync(http, Problem.Unavailable("The request was cancelled. Nothing was lost; try again."));
            }
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, ProblemOf(e, context.FunctionDefinition.Name));
        }
    }

    // The host's word to the worker and the end of the connection come in any order.
    static bool IsCancelled(FunctionContext context, HttpContext http) =>
        context.CancellationToken.IsCancellationRequested || http.RequestAborted.IsCancellationRequested;

    static async Task AnswerAsync(HttpContext http, IResult problem)
    {
        http.Response.Clear();
        http.Response.Headers.CacheControl = NotKept;
        if (problem is IStatusCodeHttpResult { StatusCode: StatusCodes.Status503ServiceUnavailable })
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        await problem.ExecuteAsync(http);
    }

    IResult ProblemOf(Exception exception, string function)
    {
        if (exception is BadHttpRequestException bad)
        {
            return Problem.Unreadable(bad.StatusCode, bad.Message);
        }

        failed.Count(function);
        // What a cancellation ended is not asked about here.
        if (!Outage.IsOne(exception, CancellationToken.None))
        {
            Log.Failed(logger, exception, function, Problem.TraceId);
            return Problem.Unexpected();
        }

        if (!outages.Explains(exception))
        {
            Log.DependencyFailed(logger, function, Problem.TraceId, ErrorText.Of(exception));
        }

        Tracing.Fail(exception);
        return exception is MissingSecretException missing
            ? Problem.MissingSecret(missing.Message)
            : Problem.Unavailable("A service that this one depends on does not answer. Nothing was lost; try again.");
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function}: a dependency failed; answered 503, trace {TraceId}: {Error}")]
        public static partial void DependencyFailed(ILogger logger, string function, string? traceId, string error);

        [LoggerMessage(2, LogLevel.Error, "{Function} failed; answered 500, trace {TraceId}")]
        public static partial void Failed(ILogger logger, Exception exception, string function, string? traceId);
    }
}
