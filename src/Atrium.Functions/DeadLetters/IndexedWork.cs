using System.Globalization;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Takes selected messages out of a queue by the numbers in the index, and touches no others. So a message costs one
/// receive and one settlement, whatever else is in the queue.
/// </summary>
internal sealed partial class IndexedWork(
    DeadLetterIndex index, DeferredMessages messages, JobStore jobs, CreditPace credits, TimeProvider time,
    ILogger<IndexedWork> logger)
{
    /// <summary>How long a step takes messages. With a lock of a minute, no lock has to be renewed.</summary>
    public static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(45);

    /// <summary>
    /// How long a job waits for messages that somebody else has locked, most likely its own predecessor that was
    /// killed.
    /// </summary>
    public static readonly TimeSpan LockedWait = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a job records its progress and checks whether it should stop. Each time costs a call, and deliveries
    /// need calls too.
    /// </summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    // More than a step works off, and some 20 MB.
    const int MostOrdered = 20_000;

    // With the largest bodies 4 MB.
    const int Peeks = 16;

    // A message is looked at, received, sent, and received again by whom it was sent to.
    const int CreditsEach = 4;

    readonly int _page = credits.RecoveryPage(DeadLetterIndex.BatchSize, CreditsEach);

    /// <summary>Does a step of a job. Return its result to the job.</summary>
    /// <exception cref="ServiceBusException">Service Bus failed; nothing is lost.</exception>
    /// <exception cref="Azure.RequestFailedException">The table failed; nothing is lost.</exception>
    public async Task<JobStep> StepAsync(WorkOrder order, CancellationToken cancellationToken)
    {
        var (job, started, recordedAt) = (order.Job, time.GetTimestamp(), time.GetTimestamp());
        var (recorded, place, unrecorded) = (job, job.Place, JobCounts.None);
        var oldest = new Stack<IndexRow>();
        while (time.GetElapsedTime(started) < LongestStep)
        {
            if (order.OldestFirst && oldest.Count == 0)
            {
                await FindOldestAsync(order, oldest, place.After, cancellationToken);
                // Among very many, the search alone takes that long.
                started = time.GetTimestamp();
            }

            var page = order.OldestFirst
                ? Next(oldest)
                : await PageAsync(order, place.After, cancellationToken);
            if (page.Count == 0)
            {
                return End(place, unrecorded);
            }

            var (counts, leftLocked, goesOn) = await TakeAsync(order, page, cancellationToken);
            // What is come by again was counted the first time, as staying.
            unrecorded = unrecorded.With(
                place.Pass == 0 ? counts : new JobCounts(counts.Taken, 0) { Staying = -counts.Taken });
            if (!goesOn)
            {
                break;
            }

            place = place with
            {
                After = PlaceOf(page[^1]),
                LeftLocked = place.LeftLocked || leftLocked,
                Took = place.Took || counts.Taken > 0,
            };
            if (time.GetElapsedTime(recordedAt) >= ProgressInterval)
            {
                if (await jobs.AdvanceAsync(recorded, unrecorded, place, cancellationToken)
                    is not { StopRequested: false } advanced)
                {
                    unrecorded = JobCounts.None;
                    break;
                }

                (recorded, recordedAt, unrecorded) = (advanced, time.GetTimestamp(), JobCounts.None);
            }
        }

        return new JobStep.Continue(TimeSpan.Zero) { Place = place, Counts = unrecorded };
    }

    static JobStep End(JobPlace place, JobCounts unrecorded) => place.LeftLocked
        ? new JobStep.Continue(LockedWait)
        {
            Place = JobPlace.Start with { Pass = place.Pass + 1, IsIndexed = place.IsIndexed },
            WasFruitless = !place.Took,
            Counts = unrecorded,
        }
        : new JobStep.Finished { Counts = unrecorded };

    // The table can only list the newest first, so the oldest come last.
    async Task FindOldestAsync(
        WorkOrder order, Stack<IndexRow> oldest, string? after, CancellationToken cancellationToken)
    {
        var last = new Queue<IndexRow>();
        var range = order.Range with { KeyBefore = after is null ? null : ReadPlace(after).Key };
        await foreach (var row in index.QueryAsync(order.Job.Tenant, range, null, cancellationToken))
        {
            last.Enqueue(row);
            if (last.Count > MostOrdered)
            {
                last.Dequeue();
            }
        }

        foreach (var row in last)
        {
            oldest.Push(row);
        }
    }

    List<IndexRow> Next(Stack<IndexRow> oldest)
    {
        var page = new List<IndexRow>();
        while (page.Count < _page && oldest.TryPop(out var row))
        {
            page.Add(row);
        }

        return page;
    }

    async Task<IReadOnlyList<IndexRow>> PageAsync(
        WorkOrder order, string? after, CancellationToken cancellationToken)
    {
        if (order.Only is { } number)
        {
            return after is null && await messages.FindAsync(order.Job.Source, number, cancellationToken) is { } message
                ? [IndexRow.Of(order.Job.Source, DeadLetter.Of(order.Job.Source, message))]
                : [];
        }

        if (order.Job.Tenant != JobTenant.System)
        {
            return await PageAsync(
                order, order.Job.Tenant, after is null ? null : ReadPlace(after).Key, cancellationToken);
        }

        var (last, key) = after is null ? ("", null) : ReadPlace(after);
        await foreach (var tenant in index.TenantsAsync(cancellationToken)
            .Where(tenant => string.CompareOrdinal(tenant, last) >= 0))
        {
            if (await PageAsync(order, tenant, tenant == last ? key : null, cancellationToken) is { Count: > 0 } page)
            {
                return page;
            }
        }

        return [];
    }

    async Task<IReadOnlyList<IndexRow>> PageAsync(
        WorkOrder order, string tenant, string? after, CancellationToken cancellationToken) =>
        await index.QueryAsync(tenant, order.Range, after, cancellationToken).Take(_page)
            .ToListAsync(cancellationToken);

    static string PlaceOf(IndexRow row) => $"{row.Letter.Tenant}|{row.Key}";

    static (string Tenant, string? Key) ReadPlace(string place) =>
        place.Split('|', 2) is [var tenant, var key] ? (tenant, key) : ("", null);

    async Task<(JobCounts Counts, bool LeftLocked, bool GoesOn)> TakeAsync(
        WorkOrder order, IReadOnlyList<IndexRow> page, CancellationToken cancellationToken)
    {
        await credits.RecoverAsync(page.Count * CreditsEach, cancellationToken);
        var rows = page.DistinctBy(row => row.Number).ToDictionary(row => row.Number);
        var wanted = order.LooksFirst ? await ChosenAsync(order, rows.Values, cancellationToken) : [.. rows.Values];
        var (received, gone, leftLocked) = await messages.ReceiveAsync(
            order.Job.Source, wanted, cancellationToken);
        await index.RemoveAsync(gone, cancellationToken);
        var choices = received.ToLookup(message => Choose(order, message));
        var chosen = choices[WorkChoice.Take].ToList();
        var goesOn = chosen.Count == 0;
        var taken = new List<ServiceBusReceivedMessage>();
        try
        {
            goesOn = goesOn || await order.Act(chosen, cancellationToken);
            if (goesOn)
            {
                taken.AddRange(await messages.CompleteAsync(order.Job.Source, chosen, cancellationToken));
                await index.RemoveAsync([.. taken.Select(message => rows[message.SequenceNumber])], cancellationToken);
            }
        }
        finally
        {
            await messages.GiveBackAsync(order.Job.Source, [.. received.Except(taken)]);
        }

        var skipped = choices[WorkChoice.Skip]
            .Select(message => message.SequenceNumber.ToString(CultureInfo.InvariantCulture)).ToList();
        return (
            new JobCounts(taken.Count, skipped.Count)
            {
                FirstSkipped = [.. skipped.Take(JobCounts.MostNamed)],
                Staying = order.Only is null ? page.Count - taken.Count - gone.Count : 0,
            },
            // One whose lock was lost is still there.
            leftLocked || (goesOn && taken.Count < chosen.Count),
            goesOn);
    }

    // Peeking costs less than receiving and returning, and most messages stay.
    async Task<IReadOnlyList<IndexRow>> ChosenAsync(
        WorkOrder order, IEnumerable<IndexRow> rows, CancellationToken cancellationToken)
    {
        var chosen = new List<IndexRow>();
        foreach (var some in rows.Chunk(Peeks))
        {
            var looked = await Task.WhenAll(
                some.Select(row => messages.FindAsync(order.Job.Source, row.Number, cancellationToken)));
            // What is gone is received too, which removes its row.
            chosen.AddRange(some.Where(
                (_, i) => looked[i] is not { } message || Choose(order, message) != WorkChoice.Leave));
        }

        return chosen;
    }

    // A message that cannot be judged is skipped, counted and named. It must not end the job for all other messages.
    WorkChoice Choose(WorkOrder order, ServiceBusReceivedMessage message)
    {
        // The row may belong to another message: if a queue is created again, its numbers start again.
        if (!MessageTenant.IsCoveredBy(order.Job, message))
        {
            return WorkChoice.Leave;
        }

        try
        {
            return order.Choose(message);
        }
        catch (Exception e)
        {
            Log.NotJudged(logger, e, message.SequenceNumber, order.Job.Source.Path(), order.Job.Id);
            return WorkChoice.Skip;
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "Message {SequenceNumber} of {Queue} cannot be judged, and is left out of job {JobId}")]
        public static partial void NotJudged(
            ILogger logger, Exception exception, long sequenceNumber, string queue, string jobId);
    }
}

/// <summary>What a step of a job does with a queue.</summary>
/// <param name="Job">The job, which says where.</param>
/// <param name="Range">The rows that it goes through.</param>
/// <param name="Choose">Judges a message. One for which it throws is skipped.</param>
/// <param name="Act"> Acts on chosen messages, which are removed after it. It is repeated for the same messages if the
/// process dies in between. False when it did nothing because the job should no longer go on: the messages stay, and
/// the step ends. </param>
internal sealed record WorkOrder(
    Job Job, IndexRange Range, Func<ServiceBusReceivedMessage, WorkChoice> Choose,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, CancellationToken, Task<bool>> Act)
{
    /// <summary>The number of the only message that is selected; null when there may be several.</summary>
    public long? Only { get; init; }

    /// <summary>
    /// Whether the oldest dead letters are taken first, although the index lists the newest first. So a receiver gets a
    /// visitor's events in their order as far as possible.
    /// </summary>
    public bool OldestFirst { get; init; }

    /// <summary>Whether messages are peeked at before they are received, because few will be selected.</summary>
    public bool LooksFirst { get; init; }
}

/// <summary>What a job is to do with a message.</summary>
internal enum WorkChoice
{
    /// <summary>It is none of those wanted, and stays as it is.</summary>
    Leave,

    /// <summary>It is wanted: act on it, and remove it from its queue.</summary>
    Take,

    /// <summary>It is selected, but cannot be processed: it stays as it is, and is counted.</summary>
    Skip,
}
