using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Deletes a subscription, its secrets and its headers.</summary>
internal sealed class DeleteSubscriptionFunction(SubscriptionChanges changes)
{
    /// <summary>
    /// <c>DELETE /api/tenants/{tenant}/subscriptions/{id}</c> with <c>If-Match</c>: 204, 404, 412 or 428. Deliveries
    /// still under way end as <c>SubscriptionDeleted</c>.
    /// </summary>
    [Function("DeleteSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "delete", Route = "tenants/{tenant}/subscriptions/{id}")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        var (subscription, refusal) = await changes.FindAsync(request, tenant, id, cancellationToken);
        return subscription is null ? refusal!
            : await changes.RemoveAsync(subscription, cancellationToken) ? TypedResults.NoContent()
            : Problem.PreconditionFailed();
    }
}
