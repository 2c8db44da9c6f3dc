using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Shows a subscription.</summary>
internal sealed class GetSubscriptionFunction(SubscriptionStore store, TimeProvider time)
{
    /// <summary><c>GET /api/tenants/{tenant}/subscriptions/{id}</c>: the subscription, or 404.</summary>
    [Function("GetSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/subscriptions/{id}")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken) =>
        TenantId.IsValid(tenant) && SubscriptionId.IsValid(id) && await store.FindAsync(tenant, id, cancellationToken) is { } subscription
            ? SubscriptionAnswer.Ok(request.HttpContext, subscription, SubscriptionView.Of(subscription, time.GetUtcNow()))
            : SubscriptionChanges.NotFound();
}
