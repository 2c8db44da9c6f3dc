using Atrium.Functions.Contract;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Notices;

/// <summary>Shows where a tenant gets its notices.</summary>
internal sealed class GetNoticesFunction(SubscriptionStore store, TimeProvider time)
{
    /// <summary><c>GET /api/tenants/{tenant}/notices</c>: 200, or 404 when it was not set.</summary>
    [Function("GetNotices")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/notices")]
        HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) =>
        TenantId.IsValid(tenant)
            && await store.FindAsync(tenant, SubscriptionId.Notices, cancellationToken) is { } notices
            ? TypedResults.Ok(NoticesView.Shown(request.HttpContext, notices, time.GetUtcNow()))
            : NoticesAnswer.NotFound();
}
