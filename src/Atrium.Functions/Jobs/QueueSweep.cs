using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>
/// Takes chosen messages out of a queue and leaves the others as they were. A queue gives its messages in order only, so that the others are locked on
/// the way and given back at the end of each step: they keep body, properties and place, and their delivery count rises.
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

    // The part of a lock within which messages are settled, whatever the queue's lock duration is.
    const double PartOfLock = 0.75;

    // An open link gives what is there within milliseconds; opening it takes longer and is not counted in.
    static readonly TimeSpan NothingComes = TimeSpan.FromSeconds(2);

    // Looking costs nobody a lock: a bound for the step, not for the queue.
    static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(60);

    // Settlements under way at a time: the broker commits those that come together at once.
    const int Settling = 64;

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
        if (job.ExaminedTo > 0)
        {
            return await LookAsync(receiver, Choose, job.ExaminedTo, new JobStep.Continue(TimeSpan.Zero), cancellationToken);
        }

        var (end, taken) = await SweepAsync(job, receiver, Choose, act, only, cancellationToken);
        Log.Swept(logger, job.Id, job.Step, taken, end.ToString());
        return end switch
        {
            End.TimeIsUp or End.ToldToStop => new JobStep.Continue(TimeSpan.Zero),
            End.HeldAll when taken > 0 => new JobStep.Continue(TimeSpan.Zero),
            End.HeldAll => await LookAsync(receiver, Choose, 0, new JobStep.Failed(
                $"The messages that are left lie behind more others than can be locked at a time ({MaxHeld}, or {MaxHeldBytes / 1024 / 1024} MB). Replay or discard what lies before them, then start the job again."), cancellationToken),
            _ => await LookAsync(receiver, Choose, 0, new JobStep.Continue(LockedWait) { WasFruitless = taken == 0 }, cancellationToken),
        };
    }

    async Task<(End End, int Taken)> SweepAsync(
        Job job,
        ServiceBusReceiver receiver,
        Func<ServiceBusReceivedMessage, SweepChoice> choose,
        Func<IReadOnlyList<ServiceBusReceivedMessage>, CancellationToken, Task> act,
        long? only,
        CancellationToken cancellationToken)
    {
        var (held, chosen) = (new List<ServiceBusReceivedMessage>(), new List<ServiceBusReceivedMessage>());
        var (heldBytes, taken, skipped) = (0L, 0, 0);
        DateTimeOffset? until = null;
        try
        {
            while (true)
            {
                if (until <= time.GetUtcNow())
                {
                    return (End.TimeIsUp, taken);
                }

                if (held.Count >= MaxHeld || heldBytes >= MaxHeldBytes)
                {
                    return (End.HeldAll, taken);
                }

                var batch = await receiver.ReceiveMessagesAsync(BatchSize, NothingComes, cancellationToken);
                if (batch.Count == 0)
                {
                    return (End.NothingCame, taken);
                }

                until ??= EndOfStep(batch[0]);
                foreach (var message in batch)
                {
                    var choice = choose(message);
                    (choice == SweepChoice.Take ? chosen : held).Add(message);
                    heldBytes += choice == SweepChoice.Take ? 0 : message.Body.ToMemory().Length;
                    skipped += choice == SweepChoice.Skip ? 1 : 0;
                }

                var removed = 0;
                if (chosen.Count > 0)
                {
                    await act(chosen, cancellationToken);
                    removed = await CompleteAsync(receiver, chosen, cancellationToken);
                    chosen.Clear();
                    taken += removed;
                }

                if (!await jobs.AdvanceAsync(job, new JobCounts(removed, held.Count, skipped), cancellationToken))
                {
                    return (End.ToldToStop, taken);
                }

                if (batch.Any(message => message.SequenceNumber == only))
                {
                    return (End.NothingCame, taken);
                }
            }
        }
        finally
        {
            await GiveBackAsync(receiver, [.. held, .. chosen]);
        }
    }

    DateTimeOffset EndOfStep(ServiceBusReceivedMessage first)
    {
        var now = time.GetUtcNow();
        var locked = (first.LockedUntil - now) * PartOfLock;
        return now + (locked < LongestStep ? locked : LongestStep);
    }

    async Task<int> CompleteAsync(ServiceBusReceiver receiver, List<ServiceBusReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var completed = 0;
        await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = Settling, CancellationToken = cancellationToken }, async (message, token) =>
        {
            try
            {
                await receiver.CompleteMessageAsync(message, token);
                Interlocked.Increment(ref completed);
            }
            catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
            {
                // It comes again and is acted upon again, which may be repeated.
                Log.LockLost(logger, message.MessageId, message.SequenceNumber);
            }
        });
        return completed;
    }

    // Even while the host is stopping: a lock that runs out costs the next step a minute.
    async Task GiveBackAsync(ServiceBusReceiver receiver, List<ServiceBusReceivedMessage> held)
    {
        try
        {
            await Parallel.ForEachAsync(held, new ParallelOptions { MaxDegreeOfParallelism = Settling }, async (message, _) =>
            {
                try
                {
                    await receiver.AbandonMessageAsync(message, cancellationToken: CancellationToken.None);
                }
                catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
                {
                    Log.LockLost(logger, message.MessageId, message.SequenceNumber);
                }
            });
        }
        catch (ServiceBusException e)
        {
            Log.NotGivenBack(logger, e, held.Count);
        }
    }

    /// <summary>Looks, without locking, whether a message is left to take: locked ones are seen as well.</summary>
    async Task<JobStep> LookAsync(
        ServiceBusReceiver receiver, Func<ServiceBusReceivedMessage, SweepChoice> choose, long from, JobStep whenOneIsLeft, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (await receiver.PeekMessagesAsync(BatchSize, from, cancellationToken) is { Count: > 0 } page)
        {
            if (page.Any(message => message.State == ServiceBusMessageState.Active && choose(message) == SweepChoice.Take))
            {
                return whenOneIsLeft;
            }

            from = page[^1].SequenceNumber + 1;
            if (time.GetElapsedTime(started) >= LongestLook)
            {
                return new JobStep.Continue(TimeSpan.Zero) { ExaminedTo = from };
            }
        }

        return new JobStep.Finished();
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Job {JobId}, step {Step}: {Taken} messages taken; {End}")]
        public static partial void Swept(ILogger logger, string jobId, int step, int taken, string end);

        [LoggerMessage(2, LogLevel.Warning, "The lock of message {MessageId} (number {SequenceNumber}) ran out before it was settled; it comes again")]
        public static partial void LockLost(ILogger logger, string? messageId, long sequenceNumber);

        [LoggerMessage(3, LogLevel.Warning, "Of {Held} messages some could not be given back; they come again when their locks have run out")]
        public static partial void NotGivenBack(ILogger logger, Exception exception, int held);
    }
}
