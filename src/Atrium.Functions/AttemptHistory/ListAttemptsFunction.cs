using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.AttemptHistory;

/// <summary>Shows what was tried for a subscription.</summary>
internal sealed class ListAttemptsFunction(AttemptReader attempts, SubscriptionStore subscriptions)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/subscriptions/{id}/attempts?outcome=…&amp;event=…&amp;from=…&amp;cursor=…</c>: a
    /// page, newest first. The attempts of a deleted subscription can be read for as long as they are kept. A
    /// subscription that never existed is a 404.
    /// </summary>
    [Function("ListAttempts")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "get", "head",
            Route = "tenants/{tenant}/subscriptions/{id}/attempts")]
        HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant) || !SubscriptionId.IsValid(id))
        {
            return NotFound();
        }

        var page = PageQuery.Of(request.Query);
        var (filter, faults) = AttemptFilter.Read(request.Query, page.Limit);
        if (faults.Count > 0)
        {
            return Problem.BadQuery([.. faults, .. page.Errors]);
        }

        var (after, errors) = AttemptCursor.Read(tenant, id, filter, page);
        if (errors.Count > 0)
        {
            return Problem.BadQuery(errors);
        }

        var slice = await attempts.ListAsync(tenant, id, filter, after, cancellationToken);
        if (slice is { Attempts: [], GoesOnAfter: null } && !await IsKnownAsync(tenant, id, cancellationToken))
        {
            return NotFound();
        }

        return TypedResults.Ok(new Page<AttemptView>(
            [.. slice.Attempts.Select(AttemptView.Of)], slice.GoesOnAfter is { } last
                ? AttemptCursor.Write(tenant, id, filter, last)
                : null));
    }

    async Task<bool> IsKnownAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await subscriptions.FindAsync(tenant, id, cancellationToken) is not null
        || (await attempts.ListAsync(
            tenant, id, new AttemptFilter(1), null, cancellationToken)).Attempts.Count > 0;

    static IResult NotFound() =>
        Problem.NotFound("The tenant has no such subscription, and none of its attempts are kept.");
}
