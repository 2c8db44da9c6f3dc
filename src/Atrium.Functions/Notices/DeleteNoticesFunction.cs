using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Notices;

/// <summary>Ends a tenant's notices, and removes their secrets.</summary>
internal sealed class DeleteNoticesFunction(SubscriptionStore store, SubscriptionChanges changes)
{
    /// <summary>
    /// <c>DELETE /api/tenants/{tenant}/notices</c> with <c>If-Match</c>: 204, 404, 412 or 428. Notices still under way
    /// end as <c>SubscriptionDeleted</c>.
    /// </summary>
    [Function("DeleteNotices")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "tenants/{tenant}/notices")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant)
            || await store.FindAsync(tenant, SubscriptionId.Notices, cancellationToken) is not { } notices)
        {
            return NoticesAnswer.NotFound();
        }

        if (EntityTag.Refusal(request, notices.Version) is { } refusal)
        {
            return refusal;
        }

        return await changes.RemoveAsync(notices, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.PreconditionFailed();
    }
}
