using Atrium.Functions.Jobs;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>Shows a tenant's dead letters. Whatever is asked for a tenant, another's is never seen.</summary>
internal sealed class DeadLetterReader(DeadLetterIndex index, DeferredMessages messages)
{
    /// <param name="tenant">Whose.</param>
    /// <param name="source">Where they lie.</param>
    /// <param name="filter">Which.</param>
    /// <param name="limit">The most letters.</param>
    /// <param name="after">The key after which the list goes on; null from the newest.</param>
    /// <param name="cancellationToken">Ends when the client goes away.</param>
    /// <exception cref="RequestFailedException">The table failed.</exception>
    public async Task<DeadLetterSlice> ListAsync(
        string tenant, JobSource source, DeadLetterFilter filter, int limit, string? after,
        CancellationToken cancellationToken)
    {
        var rows = await index.QueryAsync(tenant, filter.RangeOf(source), after, cancellationToken).Take(limit + 1)
            .ToListAsync(cancellationToken);
        return new DeadLetterSlice(
            [.. rows.Take(limit).Select(row => row.Letter)],
            rows.Count > limit ? rows[limit - 1].Key : null,
            await index.UpToDateAtAsync(source, cancellationToken));
    }

    /// <exception cref="RequestFailedException">The table failed.</exception>
    public async Task<DeadLetterCount> CountAsync(
        string tenant, JobSource source, DeadLetterFilter filter, CancellationToken cancellationToken) => new(
            await index.CountAsync(tenant, filter.RangeOf(source), cancellationToken),
            await index.UpToDateAtAsync(source, cancellationToken));

    /// <summary>Finds one, by a look at its place in the queue.</summary>
    /// <returns>Null when the tenant has no such dead letter.</returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<(DeadLetter Letter, ServiceBusReceivedMessage Message)?> FindAsync(
        string tenant, JobSource source, long sequenceNumber, CancellationToken cancellationToken) =>
        await messages.FindAsync(source, sequenceNumber, cancellationToken) is { } message
        && MessageTenant.Of(message) == tenant
            ? (DeadLetter.Of(source, message), message)
            : null;
}

/// <summary>A part of a list of dead letters.</summary>
/// <param name="Letters">Newest first.</param>
/// <param name="GoesOnAfter">The key after which there are more; null at the end.</param>
/// <param name="IndexedAt">When the index had all; null when that was never.</param>
internal sealed record DeadLetterSlice(
    IReadOnlyList<DeadLetter> Letters, string? GoesOnAfter, DateTimeOffset? IndexedAt);
