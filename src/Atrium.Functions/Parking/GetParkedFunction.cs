using Atrium.Functions.Contract;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Parking;

/// <summary>Tells how much is parked of a subscription.</summary>
internal sealed class GetParkedFunction(
    SubscriptionStore store, DeadLetterIndex index, IOptions<DeadLetterOptions> options)
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
        var indexedAt = await index.IndexedAtAsync(JobSource.Parked, cancellationToken);
        var range = new DeadLetterFilter { SubscriptionId = id }.RangeOf(JobSource.Parked);
        var oldest = await index.QueryAsync(tenant, range, null, cancellationToken)
            .FirstOrDefaultAsync(cancellationToken);
        return new ParkedView(
            oldest is null ? 0 : await index.CountAsync(tenant, range, cancellationToken),
            oldest?.Letter.AcceptedAt,
            oldest?.Letter.FailedAt.AddDays(options.Value.RetentionDays),
            indexedAt);
    }
}

/// <summary>A subscription's parked deliveries, as the admin API shows them.</summary>
/// <param name="Count">How many deliveries.</param>
/// <param name="Oldest">When the oldest event among them was accepted; null when there is none.</param>
/// <param name="DiscardedAt">When the oldest is discarded if it is still parked; null when there is none.</param>
/// <param name="IndexedAt">All deliveries that were parked up to this time are counted; null when that is not
/// known.</param>
internal sealed record ParkedView(
    int Count, DateTimeOffset? Oldest, DateTimeOffset? DiscardedAt, DateTimeOffset? IndexedAt);
