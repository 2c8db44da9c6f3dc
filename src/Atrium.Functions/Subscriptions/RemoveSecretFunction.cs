using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Takes all secrets from a subscription.</summary>
internal sealed class RemoveSecretFunction(SubscriptionChanges changes, TimeProvider time)
{
    /// <summary>
    /// <c>DELETE /api/tenants/{tenant}/subscriptions/{id}/secret</c> with <c>If-Match</c>: 200 with the subscription,
    /// whether or not it had a secret; 404, 412 or 428. Its requests are not signed from then on.
    /// </summary>
    [Function("RemoveSecret")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "delete",
            Route = "tenants/{tenant}/subscriptions/{id}/secret")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        var (subscription, refusal) = await changes.FindAsync(request, tenant, id, cancellationToken);
        return subscription is null ? refusal! : await changes.SaveAsync(
            request.HttpContext, subscription,
            subscription with { Secret = null, SecretCreatedAt = null, EarlierSecrets = [] },
            saved => SubscriptionView.Of(saved, time.GetUtcNow()) with { Warning = SubscriptionView.Unsigned },
            cancellationToken);
    }
}
