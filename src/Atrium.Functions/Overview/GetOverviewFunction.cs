using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Overview;

/// <summary>Shows how all subscriptions of a tenant do.</summary>
internal sealed class GetOverviewFunction(OverviewCache overviews)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/overview</c>: each subscription with its last 24 hours, whose numbers are at most
    /// <see cref="OverviewCache.KeptFor"/> old.
    /// </summary>
    [Function("GetOverview")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/overview")]
        HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) => TenantId.IsValid(tenant)
            ? TypedResults.Ok(await overviews.GetAsync(tenant, cancellationToken))
            : Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
}
