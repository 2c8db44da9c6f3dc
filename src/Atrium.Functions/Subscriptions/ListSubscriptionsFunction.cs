using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Lists a tenant's subscriptions.</summary>
internal sealed class ListSubscriptionsFunction(SubscriptionStore store)
{
    /// <summary><c>GET /api/tenants/{tenant}/subscriptions</c>: all of them, oldest first; there are never more than a page holds.</summary>
    [Function("ListSubscriptions")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/subscriptions")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) =>
        TenantId.IsValid(tenant)
            ? TypedResults.Ok(new SubscriptionList([.. (await store.ListAsync(tenant, cancellationToken)).Select(SubscriptionView.Of)]))
            : Problem.BadRequest(TenantId.Rule);
}
