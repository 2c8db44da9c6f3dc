using System.Globalization;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Lists a tenant's subscriptions.</summary>
internal sealed class ListSubscriptionsFunction(SubscriptionStore store, TimeProvider time)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/subscriptions?limit=…&amp;cursor=…</c>: a page, oldest first; 400 with what to
    /// change.
    /// </summary>
    [Function("ListSubscriptions")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/subscriptions")]
        HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        string[] scope = ["subscriptions", tenant];
        var wanted = PageQuery.Of(request.Query);
        var (after, errors) = wanted.Start(_ => true, scope);
        if (errors.Count > 0)
        {
            return Problem.BadQuery(errors);
        }

        var all = await store.ListAsync(tenant, cancellationToken);
        var rest = all.Where(subscription => after is null || string.CompareOrdinal(Position(subscription), after) > 0)
            .ToList();
        var page = rest.Take(wanted.Limit).ToList();
        var now = time.GetUtcNow();
        return TypedResults.Ok(new Page<SubscriptionView>(
            [.. page.Select(subscription => SubscriptionView.Of(subscription, now))], rest.Count > page.Count
                ? Cursor.Write(Position(page[^1]), scope)
                : null));
    }

    // In the order of the list, and so it goes on where it was even when that subscription is deleted meanwhile.
    static string Position(Subscription subscription) =>
        $"{subscription.CreatedAt.UtcTicks.ToString("D19", CultureInfo.InvariantCulture)}|{subscription.Id}";
}
