using Atrium.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Atrium.Functions.Http;

/// <summary>
/// The one place where an exception in an HTTP function becomes an answer. Queue and timer functions pass through
/// untouched.
/// </summary>
internal sealed partial class ProblemMiddleware(OutageLog outages, ILogger<ProblemMiddleware> logger)
    : IFunctionsWorkerMiddleware
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
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, context.FunctionDefinition.Name, e);
        }
    }

    async Task AnswerAsync(HttpContext http, string function, Exception exception)
    {
        http.Response.Clear();
        http.Response.Headers.CacheControl = NotKept;
        switch (exception)
        {
            case BadHttpRequestException bad:
                await Problem.Unreadable(bad.StatusCode, bad.Message).ExecuteAsync(http);
                break;
            case var failure when Outage.IsOne(failure, http.RequestAborted):
                if (!outages.Explains(failure))
                {
                    Log.DependencyFailed(logger, function, Problem.TraceId, ErrorText.Of(failure));
                }

                Tracing.Fail(failure);
                http.Response.Headers.RetryAfter = RetryAfterSeconds;
                var problem = failure is MissingSecretException missing
                    ? Problem.MissingSecret(missing.Message)
                    : Problem.Unavailable(
                        "A service that this one depends on does not answer. Nothing was lost; try again.");
                await problem.ExecuteAsync(http);
                break;
            default:
                Log.Failed(logger, exception, function, Problem.TraceId);
                await Problem.Unexpected().ExecuteAsync(http);
                break;
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function}: a dependency failed; answered 503, trace {TraceId}: {Error}")]
        public static partial void DependencyFailed(ILogger logger, string function, string? traceId, string error);

        [LoggerMessage(2, LogLevel.Error, "{Function} failed; answered 500, trace {TraceId}")]
        public static partial void Failed(ILogger logger, Exception exception, string function, string? traceId);
    }
}
