using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Takes selected messages out of a queue by the numbers in the index, and touches no others. So a message costs one
/// receive and one settlement, whatever else is in the queue.
/// </summary>
internal sealed partial class IndexedWork(
    DeadLetterIndex index, IndexStates states, DeferredMessages messages, JobStore jobs, CreditPace credits,
    TimeProvider time, ILogger<IndexedWork> logger)
{
    /// <summary>How long a step takes messages. With a lock of a minute, no lock has to be renewed.</summary>
    public static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(45);

    /// <summary>
    /// How long a job waits for messages that somebody else has locked, most likely its own predecessor that was
    /// killed.
    /// </summary>
    public static readonly TimeSpan LockedWait = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a job waits until it looks again whether an index is made. The timer begins to make one within a
    /// minute.
    /// </summary>
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
    /// <exception cref="InterruptedStepException">One of them did, or the host stops, after something was taken; or
    /// there is a mistake.</exception>
    public async Task<JobStep> StepAsync(WorkOrder order, CancellationToken cancellationToken)
    {
        var place = order.Job.Place;
        if (place.After is null && order.NeedsWholeIndex)
        {
            if (await states.FindStateAsync(order.Job.Source, cancellationToken) is not { IsWalked: true } state)
            {
                return new JobStep.Continue(RebuildWait) { Place = place };
            }

            place = place with { IndexId = state.Id };
        }

        var progress = new StepProgress(order.Job, place);
        try
        {
            return await GoThroughAsync(order, progress, cancellationToken);
        }
        catch (Exception e) when (progress.Unrecorded.Taken > 0 || Outage.IsMistake(e, cancellationToken))
        {
            throw new InterruptedStepException(
                new(progress.Unrecorded.Taken, progress.Mark), e, progress.Recorded);
        }
    }

    async Task<JobStep> GoThroughAsync(WorkOrder order, StepProgress progress, CancellationToken cancellationToken)
    {
        var recordedAt = time.GetTimestamp();
        var rows = new OrderedRows(order, _page, index, messages, time);
        while (!rows.IsTimeUp)
        {
            var page = await rows.NextAsync(progress.Place.After, cancellationToken);
            progress.Leave(page.IsUnknown);
            if (page.After is null)
            {
                // An index that was lost meanwhile looks as if it ended here, also while it is made again.
                JobStep end = await IsSameIndexAsync(order, progress.Place, cancellationToken)
                    ? End(order, progress)
                    : new JobStep.Continue(RebuildWait)
                    {
                        Place = progress.Place.NextPass(),
                        Counts = progress.Unrecorded,
                    };
                return end with { From = progress.Recorded };
            }

            if (!await TakeAsync(order, page.Rows, progress, cancellationToken))
            {
                break;
            }

            progress.Pass(page.After);
            if (time.GetElapsedTime(recordedAt) >= ProgressInterval)
            {
                var advanced = await jobs.AdvanceAsync(
                    progress.Recorded, progress.Unrecorded, progress.Place, cancellationToken, progress.Mark);
                progress.Record(advanced);
                recordedAt = time.GetTimestamp();
                if (advanced is not { StopRequested: false })
                {
                    break;
                }
            }
        }

        return new JobStep.Continue(TimeSpan.Zero)
        {
            Place = progress.Place,
            WasFruitless = progress.Place.Took ? false : null,
            Counts = progress.Unrecorded,
            From = progress.Recorded,
        };
    }

    async Task<bool> IsSameIndexAsync(WorkOrder order, JobPlace place, CancellationToken cancellationToken) =>
        !order.NeedsWholeIndex
        || (await states.FindStateAsync(order.Job.Source, cancellationToken) is { IsWalked: true } state
            && state.Id == place.IndexId);

    static JobStep End(WorkOrder order, StepProgress progress)
    {
        var (place, counts) = (progress.Place, progress.Unrecorded);
        // What this pass took may be recorded already, and the job is as it was before it.
        var hasTaken = place.Took || order.Job.Counts.Taken > 0;
        return place.LeftLocked
            ? new JobStep.Continue(LockedWait)
            {
                Place = place.NextPass(),
                WasFruitless = !place.Took,
                Counts = counts,
            }
            : new JobStep.Finished
            {
                Counts = counts,
                Remark = order.Only is not null && !hasTaken && place.PassSkipped == 0 ? NoLongerThere : null,
            };
    }

    // False when the step should not go on. What is taken is counted at once, whatever fails after it.
    async Task<bool> TakeAsync(
        WorkOrder order, IReadOnlyList<IndexRow> rows, StepProgress progress, CancellationToken cancellationToken)
    {
        var (source, pass) = (order.Job.Source, order.Job.Place.Pass);
        await credits.RecoverAsync(rows.Count * CreditsEach, cancellationToken);
        var page = await LookAsync(order, rows, cancellationToken);
        var (taken, goesOn) = await ActAsync(order, page, cancellationToken);
        progress.Count(new JobCounts(taken.Messages.Count, 0));
        taken.Fault?.Throw();
        if (!goesOn)
        {
            return false;
        }

        // The last message of a queue leaves no proof that it is gone. So what is not shown in a later pass either is.
        var missed = pass == 0
            ? page.Missed
            : await messages.PeekAgainAsync(source, page.Missed, cancellationToken);
        var others = page with { Missed = [.. missed.Where(peek => !IsGone(peek))] };
        var obsolete = others.Obsolete(missed.Where(IsGone));
        await TidyAsync(source, others, taken.Messages, obsolete, cancellationToken);
        progress.Count(others.Left(taken.Messages.Count, obsolete.Count, order.Only is not null));
        // One whose lock was lost is still there.
        progress.Leave(others.Missed.Count > 0 || taken.Messages.Count < page.Received[WorkChoice.Take].Count());
        return true;

        bool IsGone(Peeked peek) => peek is Peeked.Gone || (peek is Peeked.Unknown && pass > 0);
    }

    // Peeks where few messages will be selected, receives the others and those selected, and judges them.
    async Task<PageLook> LookAsync(
        WorkOrder order, IReadOnlyList<IndexRow> page, CancellationToken cancellationToken)
    {
        // A number can have several rows: if a queue is created again, its numbers start again.
        var rows = page.ToLookup(row => row.Number);
        var peeks = await messages.PeekAsync(
            order.Job.Source, [.. page.Where(order.PeeksFirst).Select(row => row.Number).Distinct()],
            cancellationToken);
        var seen = peeks.OfType<Peeked.There>().Select(peek => peek.Message)
            .ToLookup(message => Choose(order, rows, message));
        var (received, missed) = await messages.ReceiveAsync(
            order.Job.Source,
            [
                .. rows.Select(each => each.Key).Except(peeks.Select(peek => peek.Number)),
                .. seen[WorkChoice.Take].Select(message => message.SequenceNumber),
            ],
            cancellationToken);
        return new(
            rows, seen, received.ToLookup(message => Choose(order, rows, message)),
            [.. peeks.Where(peek => peek is not Peeked.There), .. missed]);
    }

    // Acts on what is wanted and removes it from the queue, and gives the rest back.
    async Task<(Settled Taken, bool GoesOn)> ActAsync(
        WorkOrder order, PageLook page, CancellationToken cancellationToken)
    {
        var chosen = page.Received[WorkChoice.Take].ToList();
        var taken = Settled.Nothing;
        try
        {
            var goesOn = chosen.Count == 0 || await order.Act(chosen, cancellationToken);
            taken = goesOn ? await messages.CompleteAsync(order.Job.Source, chosen, cancellationToken) : taken;
            return (taken, goesOn);
        }
        finally
        {
            await messages.GiveBackAsync(
                order.Job.Source, [.. page.Received.SelectMany(some => some).Except(taken.Messages)]);
        }
    }

    async Task TidyAsync(
        JobSource source, PageLook page, IReadOnlyList<ServiceBusReceivedMessage> taken,
        IReadOnlyList<IndexRow> obsolete, CancellationToken cancellationToken)
    {
        await index.RemoveAsync([.. page.RowsOf(taken), .. obsolete], cancellationToken);
        if (source == JobSource.Parked)
        {
            // Each receipt counts there. Without its run, it is looked at before it is received once more.
            await index.RewriteAsync(
                source,
                [
                    .. page.RowsOf(page.Received[WorkChoice.Skip])
                        .Select(row => row with { Letter = row.Letter with { Run = null } }),
                ],
                time.GetUtcNow(), cancellationToken);
        }
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

/// <summary>How far a step is, and what it has done that is not in the job's row yet.</summary>
internal sealed class StepProgress
{
    public StepProgress(Job job, JobPlace place)
    {
        Recorded = job;
        (Place, Unrecorded) = place.After is null ? place.BeginPass() : (place, JobCounts.None);
    }

    /// <summary>The job as the step last recorded its progress.</summary>
    public Job Recorded { get; private set; }

    public JobPlace Place { get; private set; }

    public JobCounts Unrecorded { get; private set; }

    /// <summary>By which what was done is recorded once.</summary>
    public string Mark { get; private set; } = WriteMark.Draw();

    /// <summary>Something was done.</summary>
    public void Count(JobCounts more) => (Place, Unrecorded) = (Place.With(more), Unrecorded.With(more));

    /// <summary>Something was looked at, and some of it may have been left because it was locked.</summary>
    public void Leave(bool areSomeLocked) => Place = Place with { LeftLocked = Place.LeftLocked || areSomeLocked };

    /// <summary>A page is done.</summary>
    public void Pass(string after) => Place = Place with { After = after };

    /// <summary>What was done is in the job's row.</summary>
    /// <param name="job">The job as it is now; null when somebody else goes on with it.</param>
    public void Record(Job? job) =>
        (Recorded, Unrecorded, Mark) = (job ?? Recorded, JobCounts.None, WriteMark.Draw());
}
