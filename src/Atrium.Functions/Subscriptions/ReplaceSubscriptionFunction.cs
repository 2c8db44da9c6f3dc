using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Sets a subscription anew.</summary>
internal sealed class ReplaceSubscriptionFunction(SubscriptionChanges changes)
{
    /// <summary>
    /// <c>PUT /api/tenants/{tenant}/subscriptions/{id}</c> with <c>If-Match</c>: 200 with the subscription, 400 with
    /// what to change, 404, 412 or 428. Name, URL, events and headers are all given anew, headers with their values;
    /// secret and pause stay as they are.
    /// </summary>
    [Function("ReplaceSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "put", Route = "tenants/{tenant}/subscriptions/{id}")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        var (subscription, refusal) = await changes.FindAsync(request, tenant, id, cancellationToken);
        if (subscription is null)
        {
            return refusal!;
        }

        var (settings, unreadable) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.SubscriptionSettings, CreateSubscriptionFunction.MaxBytes,
            cancellationToken);
        return settings is null
            ? unreadable!
            : await changes.SaveAsync(
                request.HttpContext, subscription, settings, keepsHeaders: false, cancellationToken);
    }
}
