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

    /// <summary>How long a job waits for an index that is being made again: several runs of the timer.</summary>
    public static readonly TimeSpan RebuildWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a job records its progress and checks whether it should stop. Each time costs a call, and deliveries
    /// need calls too.
    /// </summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    // A message is looked at, received, sent, and received again by whom it was sent to.
    const int CreditsEach = 4;

    const string NoLongerThere =
        "The message was no longer there: it had been replayed, discarded or erased, maybe by this very job before an "
        + "interruption.";

    readonly int _page = credits.RecoveryPage(DeadLetterIndex.BatchSize, CreditsEach);

    /// <summary>Does a step of a job. Return its result to the job.</summary>
    /// <exception cref="ServiceBusException">Service Bus failed; nothing is lost.</exception>
    /// <exception cref="Azure.RequestFailedException">The table failed; nothing is lost.</exception>
    public async Task<JobStep> StepAsync(WorkOrder order, CancellationToken cancellationToken)
    {
        var (recorded, place, recordedAt) = (order.Job, order.Job.Place, time.GetTimestamp());
        if (order.NeedsWholeIndex && place is { After: null, Pass: 0 }
            && await index.FindStateAsync(order.Job.Source, cancellationToken) is not { IsWalked: true })
        {
            return new JobStep.Continue(RebuildWait) { Place = place };
        }

        var unrecorded = JobCounts.None;
        if (place.After is null)
        {
            (place, unrecorded) = place.BeginPass();
        }

        var rows = new OrderedRows(order, _page, index, messages, time);
        while (!rows.IsTimeUp)
        {
            var page = await rows.NextAsync(place.After, cancellationToken);
            if (page.After is null)
            {
                return End(order, place with { LeftLocked = place.LeftLocked || page.IsUnknown }, unrecorded);
            }

            var (counts, leftLocked, goesOn) = await TakeAsync(order, page.Rows, cancellationToken);
            unrecorded = unrecorded.With(counts);
            if (!goesOn)
            {
                break;
            }

            place = place.With(counts) with { After = page.After, LeftLocked = place.LeftLocked || leftLocked };
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

        return new JobStep.Continue(TimeSpan.Zero)
        {
            Place = place,
            WasFruitless = place.Took ? false : null,
            Counts = unrecorded,
        };
    }

    static JobStep End(WorkOrder order, JobPlace place, JobCounts unrecorded) => place.LeftLocked
        ? new JobStep.Continue(LockedWait)
        {
            Place = place.NextPass(),
            WasFruitless = !place.Took,
            Counts = unrecorded,
        }
        : new JobStep.Finished
        {
            Counts = unrecorded,
            Remark = order.Only is not null && place is { Took: false, PassSkipped: 0 } ? NoLongerThere : null,
        };

    async Task<(JobCounts Counts, bool LeftLocked, bool GoesOn)> TakeAsync(
        WorkOrder order, IReadOnlyList<IndexRow> page, CancellationToken cancellationToken)
    {
        var (source, pass) = (order.Job.Source, order.Job.Place.Pass);
        await credits.RecoverAsync(page.Count * CreditsEach, cancellationToken);
        // A number can have several rows: if a queue is created again, its numbers start again.
        var rows = page.ToLookup(row => row.Number);
        var peeks = await messages.PeekAsync(
            source, [.. page.Where(order.PeeksFirst).Select(row => row.Number).Distinct()], cancellationToken);
        var seen = peeks.OfType<Peeked.There>().Select(peek => peek.Message)
            .ToLookup(message => Choose(order, rows, message));
        var (received, missed) = await messages.ReceiveAsync(
            source,
            [
                .. rows.Select(each => each.Key).Except(peeks.Select(peek => peek.Number)),
                .. seen[WorkChoice.Take].Select(message => message.SequenceNumber),
            ],
            cancellationToken);
        var choices = received.ToLookup(message => Choose(order, rows, message));

        var chosen = choices[WorkChoice.Take].ToList();
        var goesOn = chosen.Count == 0;
        var taken = new List<ServiceBusReceivedMessage>();
        try
        {
            goesOn = goesOn || await order.Act(chosen, cancellationToken);
            if (goesOn)
            {
                taken.AddRange(await messages.CompleteAsync(source, chosen, cancellationToken));
                await index.RemoveAsync(RowsOf(taken), cancellationToken);
            }
        }
        finally
        {
            await messages.GiveBackAsync(source, [.. received.Except(taken)]);
        }

        IReadOnlyList<Peeked> others = [.. peeks.Where(peek => peek is not Peeked.There), .. missed];
        others = pass == 0 ? others : await messages.PeekAgainAsync(source, others, cancellationToken);
        var obsolete = others.Where(IsGone).SelectMany(peek => rows[peek.Number])
            .Concat(seen.Concat(choices).SelectMany(some => RowsOf(some, isOwn: false)))
            .Distinct().ToList();
        await index.RemoveAsync(obsolete, cancellationToken);
        if (source == JobSource.Parked)
        {
            // Each receipt counts there. Without its run, it is looked at before it is received once more.
            await index.AddAsync(
                source, [.. RowsOf(choices[WorkChoice.Skip]).Select(row => row.Letter with { Run = null })],
                time.GetUtcNow(), cancellationToken);
        }

        List<ServiceBusReceivedMessage> deleted =
            [.. seen[WorkChoice.SkipDeleted], .. choices[WorkChoice.SkipDeleted]];
        List<ServiceBusReceivedMessage> skipped = [.. seen[WorkChoice.Skip], .. choices[WorkChoice.Skip], .. deleted];
        return (
            new JobCounts(taken.Count, skipped.Count)
            {
                SubscriptionDeleted = deleted.Count,
                FirstSkipped =
                [
                    .. skipped.Take(JobCounts.MostNamed)
                        .Select(message => message.SequenceNumber.ToString(CultureInfo.InvariantCulture)),
                ],
                Staying = order.Only is null ? page.Count - taken.Count - obsolete.Count : 0,
            },
            // One whose lock was lost is still there.
            !others.All(IsGone) || (goesOn && taken.Count < chosen.Count),
            goesOn);

        // The last message of a queue leaves no proof that it is gone. So what is not shown in a later pass either is.
        bool IsGone(Peeked peek) => peek is Peeked.Gone || (peek is Peeked.Unknown && pass > 0);

        List<IndexRow> RowsOf(IEnumerable<ServiceBusReceivedMessage> some, bool isOwn = true) =>
            [.. some.SelectMany(message => rows[message.SequenceNumber].Where(row => row.IsOf(message) == isOwn))];
    }

    // A message that cannot be judged is skipped, counted and named. It must not end the job for all other messages.
    WorkChoice Choose(WorkOrder order, ILookup<long, IndexRow> rows, ServiceBusReceivedMessage message)
    {
        if (!MessageTenant.IsCoveredBy(order.Job, message)
            || !rows[message.SequenceNumber].Any(row => row.IsOf(message)))
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
