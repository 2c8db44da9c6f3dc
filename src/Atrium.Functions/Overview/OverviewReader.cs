using System.Collections.Concurrent;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure;

namespace Atrium.Functions.Overview;

/// <summary>Overviews as pages ask for them again and again: read once for all who look at the same tenant.</summary>
internal sealed class OverviewCache(OverviewReader reader, AtriumMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>How old an overview may be: half of the thirty seconds after which a page asks again.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(15);

    /// <summary>Overviews kept; the largest have some 40 KB.</summary>
    public const int Capacity = 500;

    readonly ReadCache<string, OverviewView> _reads = new(
        CacheName.Overview, Capacity, tenant => reader.ReadAsync(tenant, CancellationToken.None),
        _ => new Kept(KeptFor), metrics, time);

    /// <exception cref="RequestFailedException">The tables could not be read.</exception>
    public Task<OverviewView> GetAsync(string tenant, CancellationToken cancellationToken) =>
        _reads.GetAsync(tenant, cancellationToken);

    public void Dispose() => _reads.Dispose();
}

/// <summary>
/// Puts an overview together from tables alone: subscriptions, attempts, and the index of what failed or is parked. It
/// asks no queue, whatever lies there.
/// </summary>
internal sealed class OverviewReader(
    SubscriptionStore subscriptions, AttemptReader attempts, DeadLetterIndex index, TimeProvider time)
{
    // Subscriptions read at the same time: each has a query to each of some four tables under way.
    const int Concurrency = 8;

    static readonly JobSource[] FailedFor = [JobSource.DeliveriesDeadLetters, JobSource.ParkedDeadLetters];
    static readonly JobSource[] ParkedFor = [JobSource.Parked];

    /// <exception cref="RequestFailedException">The tables could not be read.</exception>
    public async Task<OverviewView> ReadAsync(string tenant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var all = await subscriptions.ListAsync(tenant, cancellationToken);
        var counts = new Dictionary<JobSource, SubscriptionCounts>();
        var indexedAt = new List<DateTimeOffset?>();
        foreach (var source in FailedFor.Concat(ParkedFor))
        {
            counts[source] = await index.CountBySubscriptionAsync(tenant, source, cancellationToken);
            indexedAt.Add(await index.UpToDateAtAsync(source, cancellationToken));
        }

        var histories = new ConcurrentDictionary<string, SubscriptionHistory>();
        await Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (subscription, token) => histories[subscription.Id] = await ReadAsync(subscription, now, token));
        return new OverviewView(
            now,
            indexedAt.Contains(null) ? null : indexedAt.Min(),
            [.. all.Select(subscription => SubscriptionOverview.Of(
                subscription, histories[subscription.Id], Count(FailedFor, subscription),
                Count(ParkedFor, subscription), counts.All(count => count.Value.IsComplete), now))]);

        int Count(JobSource[] sources, Subscription subscription) =>
            sources.Sum(source => counts[source].BySubscription.GetValueOrDefault(subscription.Id));
    }

    async Task<SubscriptionHistory> ReadAsync(
        Subscription subscription, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (tenant, id, from) = (subscription.Tenant, subscription.Id, SubscriptionHistory.Begin(now));
        var (recent, isComplete) = await attempts.RecentAsync(tenant, id, from, cancellationToken);
        var history = new SubscriptionHistory(recent, isComplete);
        // What is not complete lies within the hours.
        if (!isComplete || history.LastDelivered is not null)
        {
            return history;
        }

        var before = await attempts.NewestBeforeAsync(tenant, id, from, null, cancellationToken);
        return history with
        {
            Before = before,
            DeliveredBefore = before is null or { Outcome: AttemptOutcome.Delivered }
                ? before
                : await attempts.NewestBeforeAsync(
                    tenant, id, from, AttemptOutcome.Delivered, cancellationToken),
        };
    }
}
