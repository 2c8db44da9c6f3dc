using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>Shows a tenant's dead letters, and never those of another tenant.</summary>
internal sealed class DeadLetterReader(DeadLetterIndex index, IndexStates states, DeferredMessages messages)
{
    // What the broker's clock and ours may differ by.
    static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <param name="tenant">Whose.</param>
    /// <param name="source">Their queue.</param>
    /// <param name="filter">Which.</param>
    /// <param name="limit">The most letters.</param>
    /// <param name="after">The key after which the list goes on; null from the newest.</param>
    /// <param name="cancellationToken">Ends when the client goes away.</param>
    /// <returns>Newest first; the key after which there are more, null at the end; and the time up to which the index
    /// was complete, null when it never was.</returns>
    /// <exception cref="RequestFailedException">The table failed.</exception>
    public async Task<(IReadOnlyList<DeadLetter> Letters, string? GoesOnAfter, DateTimeOffset? IndexedAt)> ListAsync(
        string tenant, JobSource source, DeadLetterFilter filter, int limit, string? after,
        CancellationToken cancellationToken)
    {
        var indexedAt = await states.IndexedAtAsync(source, cancellationToken);
        var rows = await index.QueryAsync(tenant, filter.RangeOf(source), after, cancellationToken).Take(limit + 1)
            .ToListAsync(cancellationToken);
        return (
            [.. rows.Take(limit).Select(row => row.Letter)],
            rows.Count > limit ? rows[limit - 1].Key : null,
            indexedAt);
    }

    /// <exception cref="RequestFailedException">The table failed.</exception>
    public async Task<DeadLetterCount> CountAsync(
        string tenant, JobSource source, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var indexedAt = await states.IndexedAtAsync(source, cancellationToken);
        return new(await index.CountAsync(tenant, filter.TakenOf(source), cancellationToken), indexedAt);
    }

    /// <summary>
    /// Groups dead letters that failed in the same way, of the newest <see cref="DeadLetterIndex.MostLookedAt"/>.
    /// </summary>
    /// <exception cref="RequestFailedException">The table failed.</exception>
    public async Task<DeadLetterGroups> GroupAsync(
        string tenant, JobSource source, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var indexedAt = await states.IndexedAtAsync(source, cancellationToken);
        var rows = await index.QueryAsync(
            tenant, filter.RangeOf(source), null, cancellationToken, IndexRow.Grouped)
            .Take(DeadLetterIndex.MostLookedAt + 1).ToListAsync(cancellationToken);
        var seen = rows.Take(DeadLetterIndex.MostLookedAt).ToList();
        return new DeadLetterGroups(
            DeadLetterGroup.Of(seen.Select(row => row.Letter)), rows.Count <= DeadLetterIndex.MostLookedAt, indexedAt,
            seen.Max(row => DeadLetterFilter.EndOf(row.ListedAt, row.Letter.FailedAt)));
    }

    /// <summary>Finds the letter of a delivery that failed for good, if it has one.</summary>
    /// <param name="attempts">All of the delivery, at least one.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends when the client goes away.</param>
    /// <exception cref="RequestFailedException">The table failed.</exception>
    public async Task<DeadLetterPlace?> FindOfAsync(
        IReadOnlyCollection<AttemptRecord> attempts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = attempts.MaxBy(attempt => (attempt.Run, attempt.Attempt))!;
        if (last.NextAttemptAt > now || attempts.Any(IsOver))
        {
            return null;
        }

        var filter = new DeadLetterFilter
        {
            SubscriptionId = last.SubscriptionId,
            DeliveryId = last.DeliveryId,
            // The message of the last attempt was put on its queue when the attempt was due, or later.
            From = last.DueAt - ClockSkew,
        };
        foreach (var source in JobSources.OfFailedDeliveries)
        {
            if (await index.QueryAsync(
                last.Tenant, filter.RangeOf(source), null, cancellationToken, IndexRow.Needed)
                .FirstOrDefaultAsync(cancellationToken) is { } row)
            {
                return row.Letter.Place;
            }
        }

        return null;

        bool IsOver(AttemptRecord attempt) =>
            attempt.IsSuccessSince(last.AcceptedAt ?? default) || attempt.Outcome == AttemptOutcome.SubscriptionDeleted;
    }

    /// <summary>Finds one, by peeking at its place in the queue.</summary>
    /// <returns>Null when the tenant has no such dead letter.</returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<(DeadLetter Letter, ServiceBusReceivedMessage Message)?> FindAsync(
        string tenant, JobSource source, long sequenceNumber, CancellationToken cancellationToken) =>
        await messages.PeekAgainAsync(
            source, [await messages.PeekAsync(source, sequenceNumber, cancellationToken)], cancellationToken)
            is [Peeked.There(var message)]
        && MessageTenant.Of(message) == tenant
            ? (DeadLetter.Of(source, message), message)
            : null;
}
