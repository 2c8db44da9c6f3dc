using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Operations;
using Atrium.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Portal;

/// <summary>
/// The admin API as the admin's page calls it: without a function key, and without a tenant in the path. The tenant is
/// the session's.
/// </summary>
internal sealed partial class PortalFunction(
    PortalCallers callers, OpenApiDocument document, IServiceProvider services, ILogger<PortalFunction> logger)
{
    /// <summary>The value of the route that says what is asked for.</summary>
    public const string RouteValue = "path";

    /// <summary>
    /// <c>/api/portal/…</c>: 401 for nobody, 404 for what is not in <see cref="PortalRoutes"/>, 403 without the right,
    /// 400 with a body that no session may send; otherwise what the operation answers.
    /// </summary>
    [Function("Portal")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete",
            Route = "portal/{*path}")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        request.HttpContext.Response.Headers.CacheControl = ProblemMiddleware.NotKept;
        var (session, byAccount, refusal) = await callers.FindAsync(request, cancellationToken);
        if (session is null)
        {
            return refusal!;
        }

        var path = request.RouteValues.GetValueOrDefault(RouteValue) as string ?? "";
        if (PortalRoutes.Find(request.Method, path) is not var (route, values))
        {
            return Problem.NotFound("There is no such operation. The description of the API has those that there are.");
        }

        Tracing.Operation(route.Operation);
        if (!session.Rights.HasFlag(route.Right))
        {
            return Problem.Forbidden(
                $"The session may not do this: it takes the right {PortalRightNames.Of(route.Right)[0]}. Whoever opens "
                + "the page for you can give it.");
        }

        // The tenant always comes from the session.
        var names = document.QueryParameters[route.Operation].Where(name => name != TenantId.Parameter).ToList();
        if (QueryParameters.Faults(request.Query, names) is { Count: > 0 } faults)
        {
            return Problem.BadQuery(faults);
        }

        if (route.TakesNoBody && (await RequestBody.ReadAsync(request, 0, cancellationToken)).Refusal is not null)
        {
            return Problem.BadRequest(
                "A session sends no body with this request. Only the back end may send another event in place of a "
                + "dead letter, with a function key.");
        }

        var call = new PortalCall(route, request, session, byAccount, values, cancellationToken);
        return route.Changes ? await ChangeAsync(call) : await route.RunAsync(services, call);
    }

    async Task<IResult> ChangeAsync(PortalCall call)
    {
        int? status = null;
        try
        {
            var answer = await call.Route.RunAsync(services, call);
            status = (answer as IStatusCodeHttpResult)?.StatusCode;
            return answer;
        }
        finally
        {
            // A request that failed may still have taken effect.
            Log.Changed(logger, call.Route.Operation, call.Tenant, LoggedId.Of(call.Session.Actor), status);
        }
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information, "{Operation} for tenant {Tenant}, asked for by {Actor}: answered {Status}")]
        public static partial void Changed(
            ILogger logger, string operation, string tenant, string actor, int? status);
    }
}
