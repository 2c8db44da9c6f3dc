using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Looks at dead letters without locking them. Whatever is asked for a tenant, another's is never seen.
/// </summary>
internal sealed class DeadLetterReader(SourceReceivers receivers, TimeProvider time)
{
    /// <summary>
    /// Messages looked at for one page when a filter, or another tenant's, leave most of them out: a second or two.
    /// </summary>
    public const int MaxExamined = 5_000;

    /// <summary>Messages looked at for a count: half a minute when the queue is fast.</summary>
    public const int MaxCounted = 100_000;

    /// <summary>
    /// How long messages are looked at for a page or a count, however few they were: the load balancer before the app
    /// gives up at 230 seconds.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // With the largest bodies 20 MB.
    const int PageSize = 100;

    /// <param name="tenant">Whose.</param>
    /// <param name="source">Where they lie.</param>
    /// <param name="filter">Which.</param>
    /// <param name="limit">The most letters.</param>
    /// <param name="after">The sequence number after which the list goes on; 0 from the first.</param>
    /// <param name="cancellationToken">Ends when the client goes away.</param>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<DeadLetterSlice> ListAsync(
        string tenant, JobSource source, DeadLetterFilter filter, int limit, long after,
        CancellationToken cancellationToken)
    {
        var found = new List<DeadLetter>();
        var examined = 0;
        var started = time.GetTimestamp();
        while (examined < MaxExamined && time.GetElapsedTime(started) < Patience)
        {
            var page = await PeekAsync(source, after + 1, PageSize, cancellationToken);
            if (page.Count == 0)
            {
                return new DeadLetterSlice(found, null);
            }

            foreach (var message in page)
            {
                examined++;
                after = message.SequenceNumber;
                if (Of(tenant, source, filter, message) is { } letter)
                {
                    found.Add(letter);
                    if (found.Count == limit)
                    {
                        return new DeadLetterSlice(
                            found,
                            await PeekAsync(source, after + 1, 1, cancellationToken) is { Count: 0 } ? null : after);
                    }
                }
            }
        }

        return new DeadLetterSlice(found, after);
    }

    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<DeadLetterCount> CountAsync(
        string tenant, JobSource source, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var (matching, examined, looked, after) = (0, 0, 0, 0L);
        var started = time.GetTimestamp();
        while (looked < MaxCounted && time.GetElapsedTime(started) < Patience)
        {
            var page = await PeekAsync(source, after + 1, PageSize, cancellationToken);
            if (page.Count == 0)
            {
                return new DeadLetterCount(matching, examined, Complete: true);
            }

            looked += page.Count;
            examined += page.Count(message => MessageTenant.Of(message) == tenant);
            after = page[^1].SequenceNumber;
            matching += page.Count(message => Of(tenant, source, filter, message) is not null);
        }

        return new DeadLetterCount(matching, examined, Complete: false);
    }

    /// <summary>Finds one.</summary>
    /// <returns>Null when the tenant has no such dead letter.</returns>
    /// <exception cref="ServiceBusException">Service Bus failed.</exception>
    public async Task<(DeadLetter Letter, ServiceBusReceivedMessage Message)?> FindAsync(
        string tenant, JobSource source, long sequenceNumber, CancellationToken cancellationToken) =>
        await PeekAsync(source, sequenceNumber, 1, cancellationToken) is [var message]
        && Of(tenant, source, DeadLetterFilter.One(sequenceNumber), message) is { } letter
            ? (letter, message)
            : null;

    Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(
        JobSource source, long from, int most, CancellationToken cancellationToken) =>
        receivers.Of(source).PeekMessagesAsync(most, from, cancellationToken);

    static DeadLetter? Of(
        string tenant, JobSource source, DeadLetterFilter filter, ServiceBusReceivedMessage message) =>
        MessageTenant.Of(message) == tenant && DeadLetter.Of(source, message) is var letter && filter.Takes(letter)
            ? letter
            : null;
}

/// <summary>A part of a list of dead letters.</summary>
/// <param name="Letters">In the order in which they lie.</param>
/// <param name="GoesOnAfter">The sequence number of the last one looked at, when there are more; null at the
/// end.</param>
internal sealed record DeadLetterSlice(IReadOnlyList<DeadLetter> Letters, long? GoesOnAfter);
