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

/// <summary>
/// Caches overviews, because pages ask for them again and again. All who look at the same tenant share one. Changes
/// show at once: the subscriptions are read each time, and a changed subscription leads to a new overview.
/// </summary>
internal sealed class OverviewCache(
    SubscriptionStore subscriptions, OverviewReader reader, AtriumMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>How old the numbers may be: half of a page's interval of thirty seconds.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(15);

    /// <summary>Overviews kept; the largest have some 40 KB.</summary>
    public const int Capacity = 500;

    readonly ReadCache<Asked, OverviewView> _reads = new(
        CacheName.Overview, Capacity,
        asked => reader.ReadAsync(asked.Tenant, asked.Subscriptions, CancellationToken.None),
        _ => new CacheLifetime(KeptFor), metrics, time);

    /// <exception cref="RequestFailedException">The tables could not be read.</exception>
    public async Task<OverviewView> GetAsync(string tenant, CancellationToken cancellationToken) =>
        await _reads.GetAsync(
            new Asked(tenant, await subscriptions.ListAsync(tenant, cancellationToken)), cancellationToken);

    public void Dispose() => _reads.Dispose();

    /// <summary>A tenant with its subscriptions; equal to another with the same versions of them.</summary>
    sealed record Asked(string Tenant, IReadOnlyList<Subscription> Subscriptions)
    {
        readonly string _versions = string.Join(' ', Subscriptions.Select(one => $"{one.Id} {one.Version}"));

        public bool Equals(Asked? other) => other?.Tenant == Tenant && other._versions == _versions;

        public override int GetHashCode() => HashCode.Combine(Tenant, _versions);
    }
}

/// <summary>
/// Makes an overview from tables alone: subscriptions, attempts, and the index of dead letters and parked deliveries.
/// It reads no queue.
/// </summary>
internal sealed class OverviewReader(
    AttemptReader attempts, DeadLetterIndex index, IndexStates states, TimeProvider time)
{
    // How many subscriptions are read at the same time. Each has about four queries in progress.
    const int Concurrency = 8;

    /// <param name="all">Its subscriptions, oldest first.</param>
    /// <exception cref="RequestFailedException">The tables could not be read.</exception>
    public async Task<OverviewView> ReadAsync(
        string tenant, IReadOnlyList<Subscription> all, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var counts = new Dictionary<JobSource, SubscriptionCounts>();
        var indexedAt = new List<DateTimeOffset?>();
        foreach (var source in JobSources.OfFailedDeliveries.Append(JobSource.Parked))
        {
            indexedAt.Add(await states.IndexedAtAsync(source, cancellationToken));
            counts[source] = source == JobSource.Parked
                ? await index.CountParkedAsync(tenant, [.. all.Select(one => one.Id)], cancellationToken)
                : await index.CountBySubscriptionAsync(tenant, source, cancellationToken);
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
                subscription, histories[subscription.Id], Count(JobSources.OfFailedDeliveries, subscription),
                Count([JobSource.Parked], subscription), counts.All(count => count.Value.IsComplete), now))]);

        int Count(IReadOnlyList<JobSource> sources, Subscription subscription) =>
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
