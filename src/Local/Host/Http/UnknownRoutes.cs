using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Atrium.Local.Host.Http;

/// <summary>
/// Answers routes without a function: with the addresses to begin with at <c>/</c> and <c>/api</c>, and with an error
/// (RFC 9457) everywhere else. Azure's host has an empty answer there. A route's other methods are unknown routes too,
/// as at Azure's host (https://github.com/Azure/azure-functions-host/issues/10098).
/// </summary>
internal static class UnknownRoutes
{
    public static void Answer(WebApplication web) => web.Use(async (http, next) =>
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
            await TypedResults.Problem(
                $"Nothing is served for {http.Request.Method} {http.Request.Path}. GET /api/openapi.json has every "
                + "route and method; the option --functions lists them at start.",
                statusCode: StatusCodes.Status404NotFound).ExecuteAsync(http);
        }
    });
}
