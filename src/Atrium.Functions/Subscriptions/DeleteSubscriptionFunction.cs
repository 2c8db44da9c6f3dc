using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Deletes a subscription and its secret.</summary>
internal sealed class DeleteSubscriptionFunction(SubscriptionStore store, SecretVault vault)
{
    /// <summary>
    /// <c>DELETE /api/tenants/{tenant}/subscriptions/{id}</c>: 204, or 404. Deliveries still under way end as <c>SubscriptionDeleted</c>.
    /// </summary>
    [Function("DeleteSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "tenants/{tenant}/subscriptions/{id}")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant) || !SubscriptionId.IsValid(id) || await store.FindAsync(tenant, id, cancellationToken) is null)
        {
            return Problem.NotFound("The tenant has no such subscription.");
        }

        // The row goes last: if the vault fails, the request can be repeated, and nothing is ever sent unsigned.
        await vault.RemoveAsync(id, cancellationToken);
        await store.RemoveAsync(tenant, id, cancellationToken);
        return TypedResults.NoContent();
    }
}
