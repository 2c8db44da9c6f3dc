using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Portal;

/// <summary>Ends all sessions of a tenant.</summary>
internal sealed partial class ExpirePortalSessionsFunction(
    PortalExpiry expiry, ILogger<ExpirePortalSessionsFunction> logger)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/portal-sessions/expire-all</c>: 204. Within <see cref="PortalExpiry.KeptFor"/> no
    /// session that has begun before is good any more.
    /// </summary>
    [Function("ExpirePortalSessions")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post",
            Route = "tenants/{tenant}/portal-sessions/expire-all")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        await expiry.ExpireAllAsync(tenant, cancellationToken);
        Log.Ended(logger, tenant);
        return TypedResults.NoContent();
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Ended all portal sessions of tenant {Tenant}")]
        public static partial void Ended(ILogger logger, string tenant);
    }
}
