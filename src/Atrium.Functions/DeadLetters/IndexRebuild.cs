using System.Runtime.CompilerServices;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Peeks at all messages of each queue, writes missing rows, and removes rows whose message is gone. So the table can
/// be lost and rebuilt.
/// </summary>
internal sealed partial class IndexRebuild(
    QueueReceivers receivers, DeferredMessages messages, DeadLetterIndex index, IndexStates states, CreditPace credits,
    TimeProvider time, ILogger<IndexRebuild> logger)
{
    // With the largest bodies 25 MB.
    const int PageSize = 100;

    // A message is looked at twice.
    const int CreditsEach = 2;

    // How often a queue has to show its end, because a peek that shows nothing is no proof of it.
    const int Ends = 3;

    const int TellEvery = 10_000;
    const int NoteEvery = 1_000;

    // An older walk begins anew: rows before its place may have been lost since.
    static readonly TimeSpan OldestWalk = TimeSpan.FromDays(1);

    readonly int _page = credits.RecoveryPage(PageSize, CreditsEach);

    // A partitioned entity of the Standard tier has 16, one of the Premium tier as many as its namespace, at most four:
    // https://learn.microsoft.com/azure/service-bus-messaging/service-bus-partitioning
    const int MostPartitions = 16;

    /// <exception cref="AggregateException">Some queues could not be walked; the others are.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new FailureCollector(cancellationToken);
        foreach (var source in JobSources.All)
        {
            await failures.TryAsync(source.Path(), () => WalkAsync(source, cancellationToken));
        }

        failures.Complete();
    }

    /// <summary>Makes the index of each queue, side by side, whose index is new or was lost.</summary>
    /// <exception cref="AggregateException">Some queues could not be walked; the others are.</exception>
    public async Task RebuildLostAsync(CancellationToken cancellationToken)
    {
        var failures = new FailureCollector(cancellationToken);
        await Task.WhenAll(JobSources.All.Select(source => failures.TryAsync(
            source.Path(), () => RebuildIfLostAsync(source, cancellationToken))));
        failures.Complete();
    }

    /// <summary>
    /// Makes the rows of a queue again. With a million messages that takes hours: a run that is ended is taken up by
    /// the next where it was.
    /// </summary>
    public async Task WalkAsync(JobSource source, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var walk = await states.TakeUpWalkAsync(source, now, now - OldestWalk, cancellationToken);
        await foreach (var page in PagesAsync(receivers.Of(source), walk.From, cancellationToken))
        {
            // Messages that are not deferred yet will be indexed anyway.
            var letters = page.Where(message => message.State == ServiceBusMessageState.Deferred)
                .Select(message => DeadLetter.Of(source, message)).ToList();
            await index.SeeAgainAsync(source, letters, walk.Began, cancellationToken);
            await RemoveTakenAsync(source, page, letters, cancellationToken);
            var before = walk.Seen;
            walk = walk with { From = page[^1].SequenceNumber + 1, Seen = before + page.Count };
            if (before / NoteEvery != walk.Seen / NoteEvery)
            {
                walk = await states.NoteAsync(source, walk, cancellationToken);
            }

            if (before / TellEvery != walk.Seen / TellEvery)
            {
                Log.Walking(logger, source.Path(), walk.Seen);
            }
        }

        var removed = 0;
        var unseen = new IndexRange(source) { SeenBefore = walk.Began };
        await foreach (var tenant in index.TenantsAsync("", cancellationToken))
        {
            await foreach (var rows in index.QueryAsync(tenant, unseen, null, cancellationToken).Chunk(PageSize))
            {
                removed += await RemoveAsync(source, rows, cancellationToken);
            }
        }

        await states.EndWalkAsync(source, cancellationToken);
        Log.Rebuilt(logger, source.Path(), walk.Seen, removed);
    }

    async Task RebuildIfLostAsync(JobSource source, CancellationToken cancellationToken)
    {
        var state = await states.BeginAsync(source, cancellationToken);
        if (!state.IsWalked)
        {
            await WalkAsync(source, cancellationToken);
            await states.NoteWalkedAsync(state, cancellationToken);
        }
    }

    // Each partition has numbers of its own, and a page has messages of one partition.
    async IAsyncEnumerable<IReadOnlyList<ServiceBusReceivedMessage>> PagesAsync(
        ServiceBusReceiver receiver, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = Enumerable.Range(0, MostPartitions)
            .Select(partition => Math.Max(from, SequenceNumber.FirstOf(partition))).ToArray();
        for (var ends = 0; ends < Ends; ends++)
        {
            await Task.Delay(ends == 0 ? TimeSpan.Zero : DeferredMessages.BetweenPeeks, time, cancellationToken);
            for (var partition = SequenceNumber.PartitionOf(from); partition < MostPartitions; partition++)
            {
                while (await PeekAsync(receiver, next[partition], cancellationToken) is { Count: > 0 } page
                    && SequenceNumber.PartitionOf(page[0].SequenceNumber) == partition)
                {
                    yield return page;
                    next[partition] = page[^1].SequenceNumber + 1;
                }
            }
        }
    }

    async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(
        ServiceBusReceiver receiver, long from, CancellationToken cancellationToken)
    {
        var page = await receiver.PeekMessagesAsync(_page, from, cancellationToken);
        await credits.SpendAsync(page.Count, cancellationToken);
        await credits.RecoverAsync(page.Count, cancellationToken);
        return page;
    }

    // A job that took a message between the peek and the row has removed the row before it was written. One that takes
    // it later removes it after.
    async Task RemoveTakenAsync(
        JobSource source, IReadOnlyList<ServiceBusReceivedMessage> page, IReadOnlyList<DeadLetter> letters,
        CancellationToken cancellationToken)
    {
        var again = await PeekAsync(receivers.Of(source), page[0].SequenceNumber, cancellationToken);
        var there = again.Select(message => message.SequenceNumber).ToHashSet();
        var taken = letters.Select(letter => IndexRow.Of(source, letter)).Where(row => !there.Contains(row.Number));
        await RemoveAsync(source, [.. taken], cancellationToken);
    }

    // A row that another instance wrote during the walk is not a leftover.
    async Task<int> RemoveAsync(JobSource source, IndexRow[] rows, CancellationToken cancellationToken)
    {
        await credits.RecoverAsync(rows.Length, cancellationToken);
        var first = await messages.PeekAsync(
            source, [.. rows.Select(row => row.Number).Distinct()], cancellationToken);
        var peeks = (await messages.PeekAgainAsync(source, first, cancellationToken))
            .ToDictionary(peek => peek.Number);
        var obsolete = rows.Where(row => !IsRowOf(source, row, peeks[row.Number])).ToList();
        await index.RemoveAsync(obsolete, cancellationToken);
        return obsolete.Count;
    }

    // By its key, as the walk has written it: another version's row of the same message would be a second one.
    static bool IsRowOf(JobSource source, IndexRow row, Peeked peek) =>
        peek is Peeked.There(var message) && DeadLetter.Of(source, message) is var letter
        && (letter.Tenant, IndexRange.KeyOf(source, letter)) == (row.Letter.Tenant, row.Key);

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Rebuilding the index: {Count} messages of {Queue} looked at")]
        public static partial void Walking(ILogger logger, string queue, int count);

        [LoggerMessage(2, LogLevel.Information,
            "Index rebuilt for {Queue}: {Count} messages, {Removed} rows removed that pointed to nothing")]
        public static partial void Rebuilt(ILogger logger, string queue, int count, int removed);
    }
}

/// <summary>Makes the index again from what lies in the queues.</summary>
internal sealed class RebuildIndexFunction(IndexRebuild rebuild, TimedWork timed)
{
    /// <summary>
    /// Every Sunday at 05:00 UTC, and whenever an operator asks for it: <c>POST /admin/functions/RebuildIndex</c>.
    /// </summary>
    /// <exception cref="AggregateException">Some queues could not be walked; the others are.</exception>
    [Function("RebuildIndex")]
    public Task RunAsync([TimerTrigger("0 0 5 * * 0")] TimerInfo timer, CancellationToken cancellationToken) =>
        timed.DoAsync(SpanName.RebuildIndex, rebuild.RunAsync, cancellationToken);
}
