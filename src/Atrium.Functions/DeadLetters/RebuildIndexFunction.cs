using Atrium.Functions.Jobs;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Makes the index again from what lies in the queues.</summary>
internal sealed class RebuildIndexFunction(IndexRebuild rebuild)
{
    /// <summary>
    /// Every Sunday at 05:00 UTC, and whenever an operator asks for it: <c>POST /admin/functions/RebuildIndex</c>.
    /// </summary>
    /// <exception cref="AggregateException">Some queues could not be walked; the others are.</exception>
    [Function("RebuildIndex")]
    public Task RunAsync([TimerTrigger("0 0 5 * * 0")] TimerInfo timer, CancellationToken cancellationToken) =>
        rebuild.RunAsync(cancellationToken);
}

/// <summary>
/// Walks each queue by looking at it, adds the rows that are missing, and removes those that point to nothing. The
/// table is an index: it can be lost, and be made again.
/// </summary>
internal sealed partial class IndexRebuild(
    SourceReceivers receivers, DeadLetterIndex index, ILogger<IndexRebuild> logger)
{
    // With the largest bodies 25 MB.
    const int PageSize = 100;

    const int TellEvery = 10_000;

    /// <exception cref="AggregateException">Some queues could not be walked; the others are.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var separately = new Separately(cancellationToken);
        foreach (var source in JobSources.All)
        {
            await separately.TryAsync(source.Path(), () => WalkAsync(source, cancellationToken));
        }

        separately.Complete();
    }

    async Task WalkAsync(JobSource source, CancellationToken cancellationToken)
    {
        var receiver = receivers.Of(source);
        var there = new HashSet<long>();
        for (var from = 0L; await receiver.PeekMessagesAsync(PageSize, from, cancellationToken) is { Count: > 0 } page;)
        {
            // What is not deferred yet comes into the index by itself.
            var letters = page.Where(message => message.State == ServiceBusMessageState.Deferred)
                .Select(message => DeadLetter.Of(source, message)).ToList();
            await index.AddAsync(source, letters, cancellationToken);
            var before = there.Count;
            there.UnionWith(page.Select(message => message.SequenceNumber));
            from = page[^1].SequenceNumber + 1;
            if (before / TellEvery != there.Count / TellEvery)
            {
                Log.Walking(logger, source.Path(), there.Count);
            }
        }

        var removed = 0;
        await foreach (var tenant in index.TenantsAsync(cancellationToken))
        {
            await foreach (var rows in index.QueryAsync(tenant, new IndexRange(source), null, cancellationToken)
                .Where(row => !there.Contains(row.Number)).Chunk(PageSize))
            {
                removed += await RemoveAsync(receiver, rows, cancellationToken);
            }
        }

        Log.Rebuilt(logger, source.Path(), there.Count, removed);
    }

    // What came after the walk is no leftover.
    async Task<int> RemoveAsync(
        ServiceBusReceiver receiver, IReadOnlyList<IndexRow> rows, CancellationToken cancellationToken)
    {
        var gone = new List<IndexRow>();
        foreach (var row in rows)
        {
            if (await receiver.PeekMessagesAsync(1, row.Number, cancellationToken) is not [var message]
                || message.SequenceNumber != row.Number)
            {
                gone.Add(row);
            }
        }

        await index.RemoveAsync(gone, cancellationToken);
        return gone.Count;
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Rebuilding the index: {Count} messages of {Queue} looked at")]
        public static partial void Walking(ILogger logger, string queue, int count);

        [LoggerMessage(2, LogLevel.Information,
            "Index rebuilt for {Queue}: {Count} messages, {Removed} rows removed that pointed to nothing")]
        public static partial void Rebuilt(ILogger logger, string queue, int count, int removed);
    }
}
