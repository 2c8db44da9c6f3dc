using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Shows a subscription.</summary>
internal sealed class GetSubscriptionFunction(SubscriptionStore store, TimeProvider time)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/subscriptions/{id}</c>: the subscription, 304 when <c>If-None-Match</c> names its
    /// version, or 404.
    /// </summary>
    [Function("GetSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/subscriptions/{id}")]
        HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant) || !SubscriptionId.IsForEvents(id)
            || await store.FindAsync(tenant, id, cancellationToken) is not { } subscription)
        {
            return SubscriptionChanges.NotFound();
        }

        var now = time.GetUtcNow();
        return EntityTag.IsKnown(request, subscription.Version) && ShowsAsBefore(subscription, now)
            ? SubscriptionAnswer.NotModified(request.HttpContext, subscription)
            : SubscriptionAnswer.Ok(request.HttpContext, subscription, SubscriptionView.Of(subscription, now));
    }

    // The end of an overlap changes what is shown, and not the row until it is purged at night.
    static bool ShowsAsBefore(Subscription subscription, DateTimeOffset now) =>
        subscription.EarlierAt(now).Count() == subscription.EarlierSecrets.Count;
}
