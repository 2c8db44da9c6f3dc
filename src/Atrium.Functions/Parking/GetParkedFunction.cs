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
    SubscriptionStore store, DeadLetterIndex index, IndexStates states, IOptions<DeadLetterOptions> options)
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
        var indexedAt = await states.IndexedAtAsync(JobSource.Parked, cancellationToken);
        var range = new DeadLetterFilter { SubscriptionId = id }.RangeOf(JobSource.Parked);
        var (count, oldest, parkedAt) = (0, (DateTimeOffset?)null, (DateTimeOffset?)null);
        // By when their events were accepted. One may have been parked before another whose event is older.
        await foreach (var row in index.QueryAsync(
            tenant, range, null, cancellationToken, [.. IndexRow.Needed, nameof(DeadLetter.AcceptedAt)]))
        {
            oldest = count++ == 0 ? row.Letter.AcceptedAt : oldest;
            parkedAt = row.Letter.FailedAt > parkedAt ? parkedAt : row.Letter.FailedAt;
        }

        return new ParkedView(count, oldest, parkedAt?.AddDays(options.Value.RetentionDays), indexedAt);
    }
}

/// <summary>A subscription's parked deliveries, as the admin API shows them.</summary>
/// <param name="Count">How many deliveries.</param>
/// <param name="Oldest">When the oldest event among them was accepted; null when there is none.</param>
/// <param name="DiscardedAt">When the first of them is discarded if it is still parked; null when there is
/// none.</param>
/// <param name="IndexedAt">All deliveries that were parked up to this time are counted; null when that is not
/// known.</param>
internal sealed record ParkedView(
    int Count, DateTimeOffset? Oldest, DateTimeOffset? DiscardedAt, DateTimeOffset? IndexedAt);
