using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Parking;

/// <summary>Pauses a subscription.</summary>
internal sealed class PauseSubscriptionFunction(PauseSwitch pauses, TimeProvider time)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/subscriptions/{id}/pause</c>, with <c>If-Match</c>: 200 with the subscription and
    /// its new <c>ETag</c>; 404, 412, 428. Its deliveries are parked within <see cref="SubscriptionCache.KeptFor"/>,
    /// those waiting for a retry when they become due. Pausing what is paused changes nothing.
    /// </summary>
    [Function("PauseSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post",
            Route = "tenants/{tenant}/subscriptions/{id}/pause")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (subscription, refusal) = await pauses.SetAsync(request, tenant, id, now, cancellationToken);
        return subscription is null
            ? refusal!
            : SubscriptionAnswer.Ok(request.HttpContext, subscription, SubscriptionView.Of(subscription, now));
    }
}
