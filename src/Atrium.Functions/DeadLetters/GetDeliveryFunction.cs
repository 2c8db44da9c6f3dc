using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Shows one delivery with all its runs and attempts.</summary>
internal sealed class GetDeliveryFunction(AttemptLog log, DeadLetterReader letters, TimeProvider time)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/subscriptions/{id}/deliveries/{deliveryId}</c>: the delivery, or 404 when none of
    /// its attempts are kept. The subscription may have been deleted since. Its dead letter is named within some ten
    /// seconds.
    /// </summary>
    [Function("GetDelivery")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "get", "head",
            Route = "tenants/{tenant}/subscriptions/{id}/deliveries/{deliveryId}")]
        HttpRequest request,
        string tenant,
        string id,
        string deliveryId,
        CancellationToken cancellationToken) =>
        TenantId.IsValid(tenant) && SubscriptionId.IsValid(id) && DeliveryId.IsValid(deliveryId)
        && await log.ReadAsync(tenant, id, deliveryId, cancellationToken) is { Count: > 0 } attempts
            ? TypedResults.Ok(DeliveryView.Of(attempts) with
            {
                DeadLetter = await letters.FindOfAsync(attempts, time.GetUtcNow(), cancellationToken),
            })
            : Problem.NotFound(
                "No attempt of such a delivery is on record. Attempts are recorded when they have been made.");
}
