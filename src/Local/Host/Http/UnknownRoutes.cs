using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Http;

/// <summary>
/// Answers routes without a function: with the addresses to begin with at <c>/</c> and <c>/api</c>, and with an empty
/// 404 everywhere else, as Azure's host does. A route's other methods are unknown routes too, as there
/// (https://github.com/Azure/azure-functions-host/issues/10098).
/// </summary>
internal static partial class UnknownRoutes
{
    public static void Answer(WebApplication web, ILogger logger) => web.Use(async (http, next) =>
    {
        await next(http);
        if (http.Response.HasStarted || http.GetEndpoint()?.Metadata.GetMetadata<HttpFunction>() is not null)
        {
            return;
        }

        if (HttpMethods.IsGet(http.Request.Method) && http.Request.Path.Value is "/" or "/api" or "/api/")
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
            await http.Response.WriteAsJsonAsync(new
            {
                description = "/api/openapi.json",
                health = "/api/health",
                limits = "/api/limits",
                subscriptions = "/api/tenants/{tenant}/subscriptions",
                events = "/api/events?tenant={tenant}",
                page = "/api/console/#tenant={tenant}",
            });
        }
        else if (http.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
        {
            http.Response.Headers.Allow = default;
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            Log.NothingServed(logger, http.Request.Method, http.Request.Path);
        }
    });

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information,
            "Nothing is served for {Method} {Path}. GET /api/openapi.json has every route and method; the option "
            + "--functions lists them at start.")]
        public static partial void NothingServed(ILogger logger, string method, string path);
    }
}
