using System.Globalization;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Lists a tenant's subscriptions.</summary>
internal sealed class ListSubscriptionsFunction(SubscriptionStore store, TimeProvider time)
{
    /// <summary>The most subscriptions on one page; a tenant has fewer today.</summary>
    public const int MaxLimit = 100;

    /// <summary>How many subscriptions a page has when the request does not say.</summary>
    public const int DefaultLimit = 50;

    /// <summary><c>GET /api/tenants/{tenant}/subscriptions?limit=…&amp;cursor=…</c>: a page, oldest first; 400 with what to change.</summary>
    [Function("ListSubscriptions")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/subscriptions")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(TenantId.Rule);
        }

        var limit = DefaultLimit;
        if (request.Query["limit"].FirstOrDefault() is { } wanted
            && (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            return Problem.BadRequest($"The query parameter 'limit' takes a number from 1 to {MaxLimit}.");
        }

        string[] scope = ["subscriptions", tenant];
        string? after = null;
        if (request.Query["cursor"].FirstOrDefault() is { } cursor && (after = Cursor.Read(cursor, scope)) is null)
        {
            return Problem.BadRequest(Cursor.Fault);
        }

        var all = await store.ListAsync(tenant, cancellationToken);
        var rest = all.Where(subscription => after is null || string.CompareOrdinal(Position(subscription), after) > 0).ToList();
        var page = rest.Take(limit).ToList();
        var now = time.GetUtcNow();
        return TypedResults.Ok(new SubscriptionList(
            [.. page.Select(subscription => SubscriptionView.Of(subscription, now))], rest.Count > page.Count ? Cursor.Write(Position(page[^1]), scope) : null));
    }

    // In the order of the list, and so it goes on where it was even when that subscription is deleted meanwhile.
    static string Position(Subscription subscription) =>
        $"{subscription.CreatedAt.UtcTicks.ToString("D19", CultureInfo.InvariantCulture)}|{subscription.Id}";
}
