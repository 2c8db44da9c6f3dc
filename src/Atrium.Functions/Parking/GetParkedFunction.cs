using Atrium.Functions.Contract;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Parking;

/// <summary>Tells how much is parked of a subscription.</summary>
internal sealed class GetParkedFunction(SubscriptionStore store, ParkedMessages parked)
{
    /// <summary><c>GET /api/tenants/{tenant}/subscriptions/{id}/parked</c>: how many and since when, or 404.</summary>
    [Function("GetParked")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/subscriptions/{id}/parked")]
        HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken) =>
        TenantId.IsValid(tenant) && SubscriptionId.IsValid(id)
            && await store.FindAsync(tenant, id, cancellationToken) is not null
            ? TypedResults.Ok(await CountAsync(tenant, id, cancellationToken))
            : SubscriptionChanges.NotFound();

    async Task<ParkedView> CountAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var view = new ParkedView(0, null, Complete: false);
        var looked = 0;
        for (long? next = 0; next is { } from && looked < ParkedMessages.MostLookedAt;)
        {
            var page = await parked.ReadAsync(from, cancellationToken);
            foreach (var delivery in page.Deliveries.Where(
                delivery => delivery.Tenant == tenant && delivery.SubscriptionId == id))
            {
                view =
                    view with
                    {
                        Count = view.Count + 1,
                        Oldest = view.Oldest < delivery.AcceptedAt ? view.Oldest : delivery.AcceptedAt
                    };
            }

            view = view with { Complete = page.Next is null };
            (looked, next) = (looked + page.Looked, page.Next);
        }

        return view;
    }
}

/// <summary>What is parked of a subscription, as the admin API shows it.</summary>
/// <param name="Count">How many deliveries.</param>
/// <param name="Oldest">When the event was accepted that has waited longest; null when there is none.</param>
/// <param name="Complete">False when more is parked, of all subscriptions together, than was looked through: then there
/// may be more.</param>
internal sealed record ParkedView(int Count, DateTimeOffset? Oldest, bool Complete);
