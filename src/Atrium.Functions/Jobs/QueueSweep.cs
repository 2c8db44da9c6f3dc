using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>
/// Takes chosen messages out of a queue and leaves the others as they were. A queue gives its messages in order only, so that the others are locked on
/// the way and given back at the end of each step: they keep body, properties and place, and their delivery count rises. Each step first looks whether
/// there is anything to take, which locks nothing.
/// </summary>
internal sealed partial class QueueSweep(SourceReceivers receivers, JobStore jobs, TimeProvider time, ILogger<QueueSweep> logger)
{
    /// <summary>Messages received, acted upon and recorded together: with the largest bodies that is 48 MB, with common ones 200 KB.</summary>
    public const int BatchSize = 250;

    /// <summary>Messages held at a time while the chosen ones behind them are looked for.</summary>
    public const int MaxHeld = 20_000;

    /// <summary>Bytes of their bodies: a part of an instance's memory, of which the smallest have 512 MB.</summary>
    public const long MaxHeldBytes = 128 * 1024 * 1024;

    /// <summary>How long a step locks messages. With a lock of a minute nothing needs renewal.</summary>
    public static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(45);

    /// <summary>How long a job waits for messages that somebody else has locked, most likely its own predecessor that was killed.</summary>
    public static readonly TimeSpan LockedWait = TimeSpan.FromSeconds(10);

    /// <summary>How often a job's progress is recorded, and looked whether it is to stop: each costs a call that deliveries want to make as well.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    // The part of a lock within which messages are settled, whatever the queue's lock duration is.
    const double PartOfLock = 0.75;

    // An open link gives what is there within milliseconds; opening it takes longer and is not counted in. A look decides whether it was all.
    static readonly TimeSpan NothingComes = TimeSpan.FromSeconds(1);

    // Looking costs nobody a lock: a bound for the step, not for the queue.
    static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(60);

    enum End
    {
        NothingCame,
        TimeIsUp,
        HeldAll,
        ToldToStop,
    }

    /// <summary>Does a step of a job that takes messages. Give what it returns back to the job.</summary>
    /// <param name="job">The job: where, and only messages that were enqueued before it was made, unless it is an erasure.</param>
    /// <param name="choose">Judges a message; must not throw.</param>
    /// <param name="act">Acts on chosen messages, which are removed after it. It is repeated for the same messages when the process dies in between.</param>
    /// <param name="cancellationToken">Ends when the host gives up draining.</param>
    /// <param name="only">The sequence number of the only message that can be wanted: what lies behind it is not locked.</param>
    /// <exception cref="ServiceBusException">Service Bus failed; nothing is lost.</exception>
    public async Task<JobStep> StepAsync(
        Job job,
        Func<ServiceBusReceivedMessage, SweepChoice> choose,
        Func<IReadOnlyList<ServiceBusReceivedMessage>, CancellationToken, Task> act,
        CancellationToken cancellationToken,
        long? only = null)
    {
        // What came later may be what the job itself sent and failed again. Nothing comes back of what is erased.
        SweepChoice Choose(ServiceBusReceivedMessage message) =>
            message.EnqueuedTime < job.CreatedAt || job.Kind == JobKind.Erase ? choose(message) : SweepChoice.Leave;
        var receiver = receivers.Of(job.Source);
        var look = await LookAsync(receiver, Choose, only ?? job.ExaminedTo, only is not null, cancellationToken);
        if (look.Step is { } step)
        {
            return step;
        }

        var (end, taken, unrecorded) = await SweepAsync(job, receiver, Choose, act, only, cancellationToken);
        Log.Swept(logger, job.Id, job.Step, taken, end.ToString());
        var counts = look.Counts.With(unrecorded);
        return end switch
        {
            End.HeldAll when taken == 0 => new JobStep.Failed(
                $"The messages that are left lie behind more others than can be locked at a time ({MaxHeld}, or {MaxHeldBytes / 1024 / 1024} MB). Replay or discard what lies before them, then start the job again.") { Counts = counts },
            End.NothingCame when taken == 0 => new JobStep.Continue(LockedWait) { WasFruitless = true, ExaminedTo = look.ExaminedTo, Counts = counts },
            // Whatever it is that makes the queue so slow may pass; if not, the job must not go on for ever.
            End.TimeIsUp when taken == 0 => new JobStep.Continue(TimeSpan.Zero) { WasFruitless = true, ExaminedTo = look.ExaminedTo, Counts = counts },
            _ => new JobStep.Continue(TimeSpan.Zero) { ExaminedTo = look.ExaminedTo, Counts = counts },
        };
    }

    async Task<(End End, int Taken, JobCounts Unrecorded)> SweepAsync(
        Job job,
        ServiceBusReceiver receiver,
        Func<ServiceBusReceivedMessage, SweepChoice> choose,
        Func<IReadOnlyList<ServiceBusReceivedMessage>, CancellationToken, Task> act,
        long? only,
        CancellationToken cancellationToken)
    {
        var settling = new SweepSettling(receiver, logger);
        var (held, chosen) = (new List<ServiceBusReceivedMessage>(), new List<ServiceBusReceivedMessage>());
        var (heldBytes, taken) = (0L, 0);
        var (progress, unrecorded, recordedAt) = (job, JobCounts.None, time.GetUtcNow());
        DateTimeOffset? until = null;
        try
        {
            while (true)
            {
                if (until <= time.GetUtcNow())
                {
                    return (End.TimeIsUp, taken, unrecorded);
                }

                if (held.Count >= MaxHeld || heldBytes >= MaxHeldBytes)
                {
                    return (End.HeldAll, taken, unrecorded);
                }

                var batch = await receiver.ReceiveMessagesAsync(BatchSize, NothingComes, cancellationToken);
                if (batch.Count == 0)
                {
                    return (End.NothingCame, taken, unrecorded);
                }

                until ??= EndOfStep(batch[0]);
                foreach (var message in batch)
                {
                    var choice = choose(message);
                    (choice == SweepChoice.Take ? chosen : held).Add(message);
                    heldBytes += choice == SweepChoice.Take ? 0 : message.Body.ToMemory().Length;
                }

                var removed = 0;
                if (chosen.Count > 0)
                {
                    await act(chosen, cancellationToken);
                    removed = await settling.CompleteAsync(chosen, cancellationToken);
                    chosen.Clear();
                    taken += removed;
                }

                unrecorded = unrecorded.With(new JobCounts(removed, held.Count, 0));
                if (time.GetUtcNow() - recordedAt >= ProgressInterval)
                {
                    if (await jobs.AdvanceAsync(progress, unrecorded, cancellationToken) is not { } recorded)
                    {
                        // Somebody else has done the step.
                        return (End.ToldToStop, taken, JobCounts.None);
                    }

                    (progress, unrecorded, recordedAt) = (recorded, JobCounts.None, time.GetUtcNow());
                    if (progress.StopRequested)
                    {
                        return (End.ToldToStop, taken, unrecorded);
                    }
                }

                if (batch.Any(message => message.SequenceNumber == only))
                {
                    return (End.NothingCame, taken, unrecorded);
                }
            }
        }
        finally
        {
            await settling.GiveBackAsync([.. held, .. chosen]);
        }
    }

    DateTimeOffset EndOfStep(ServiceBusReceivedMessage first)
    {
        var now = time.GetUtcNow();
        var locked = (first.LockedUntil - now) * PartOfLock;
        return now + (locked < LongestStep ? locked : LongestStep);
    }

    /// <summary>
    /// Looks, without locking, whether a message is left to take: locked ones are seen as well, so that a job does not end while its killed predecessor
    /// holds some. Numbers rise, and what is looked through once need not be again.
    /// </summary>
    /// <returns>What follows when none is left, or not seen yet; otherwise up to where none is, and what was skipped until there.</returns>
    async Task<(JobStep? Step, long ExaminedTo, JobCounts Counts)> LookAsync(
        ServiceBusReceiver receiver, Func<ServiceBusReceivedMessage, SweepChoice> choose, long from, bool onlyOne, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var counts = JobCounts.None;
        while (await receiver.PeekMessagesAsync(onlyOne ? 1 : BatchSize, from, cancellationToken) is { Count: > 0 } page)
        {
            var choices = page.Where(message => message.State == ServiceBusMessageState.Active).Select(choose).ToList();
            if (choices.Contains(SweepChoice.Take))
            {
                return (null, from, counts);
            }

            from = page[^1].SequenceNumber + 1;
            counts = counts with { Skipped = counts.Skipped + choices.Count(choice => choice == SweepChoice.Skip) };
            if (onlyOne)
            {
                break;
            }

            if (time.GetElapsedTime(started) >= LongestLook)
            {
                return (new JobStep.Continue(TimeSpan.Zero) { ExaminedTo = from, Counts = counts }, from, counts);
            }
        }

        return (new JobStep.Finished { Counts = counts }, from, counts);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Job {JobId}, step {Step}: {Taken} messages taken; {End}")]
        public static partial void Swept(ILogger logger, string jobId, int step, int taken, string end);
    }
}
