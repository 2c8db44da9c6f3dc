using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>
/// One step's way through a queue, which it goes once: it locks batch after batch, acts on what is chosen, and holds
/// the others until its end, without their bodies.
/// </summary>
internal sealed class Sweep(
    SweepOrder order, ServiceBusReceiver receiver, SweepSettling settling, JobStore jobs, TimeProvider time)
{
    // The part of a lock within which messages are settled, whatever the queue's lock duration is.
    const double PartOfLock = 0.75;

    // An open link gives what is there within milliseconds; opening it takes longer and is not counted in. A look
    // decides whether it was all.
    static readonly TimeSpan NothingComes = TimeSpan.FromSeconds(1);

    readonly List<ServiceBusReceivedMessage> _held = [];
    readonly List<ServiceBusReceivedMessage> _wanted = [];
    readonly List<ServiceBusReceivedMessage> _inTheWay = [];
    Job _recorded = order.Job;
    DateTimeOffset _recordedAt = time.GetUtcNow();
    int _passedOver;

    /// <summary>How many messages are gone from their places, those that were only in the way included.</summary>
    public int Removed { get; private set; }

    /// <summary>What was done and is not in the job's row yet.</summary>
    public JobCounts Unrecorded { get; private set; } = JobCounts.None;

    /// <returns>Why it ended. By then all is given back that it held.</returns>
    /// <exception cref="ServiceBusException">Service Bus failed; nothing is lost.</exception>
    public async Task<SweepEnd> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? until = null;
        try
        {
            while (true)
            {
                if (until <= time.GetUtcNow())
                {
                    return SweepEnd.TimeIsUp;
                }

                if (_held.Count >= order.MostHeld)
                {
                    return SweepEnd.HeldAll;
                }

                var batch = await receiver.ReceiveMessagesAsync(QueueSweep.BatchSize, NothingComes, cancellationToken);
                if (batch.Count == 0)
                {
                    return SweepEnd.NothingCame;
                }

                until ??= EndOfStep(batch[0]);
                foreach (var message in batch)
                {
                    Sort(message);
                }

                if (!await HasActedAsync(cancellationToken)
                    || (time.GetUtcNow() - _recordedAt >= QueueSweep.ProgressInterval
                        && !await GoesOnAsync(cancellationToken)))
                {
                    return SweepEnd.ToldToStop;
                }

                if (batch.Any(message => message.SequenceNumber == order.Only))
                {
                    return SweepEnd.NothingCame;
                }
            }
        }
        finally
        {
            await settling.GiveBackAsync([.. _held, .. _wanted, .. _inTheWay]);
        }
    }

    DateTimeOffset EndOfStep(ServiceBusReceivedMessage first)
    {
        var now = time.GetUtcNow();
        var locked = (first.LockedUntil - now) * PartOfLock;
        return now + (locked < QueueSweep.LongestStep ? locked : QueueSweep.LongestStep);
    }

    void Sort(ServiceBusReceivedMessage message)
    {
        switch (order.Choose(message))
        {
            case SweepChoice.Take:
                _wanted.Add(message);
                break;
            case SweepChoice.Move:
                _inTheWay.Add(message);
                break;
            default:
                _held.Add(WithoutBody(message));
                _passedOver += MessageTenant.IsCoveredBy(order.Job, message) ? 1 : 0;
                break;
        }
    }

    // A message is settled by its lock token alone, and a hundred thousand bodies would not fit into memory.
    static ServiceBusReceivedMessage WithoutBody(ServiceBusReceivedMessage message) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
        messageId: message.MessageId, lockTokenGuid: Guid.Parse(message.LockToken),
        sequenceNumber: message.SequenceNumber);

    /// <returns>False when what was chosen is no longer wanted.</returns>
    async Task<bool> HasActedAsync(CancellationToken cancellationToken)
    {
        var taken = 0;
        if (_wanted.Count + _inTheWay.Count > 0)
        {
            if (!await order.Act([.. _wanted, .. _inTheWay], cancellationToken))
            {
                return false;
            }

            taken = await settling.CompleteAsync(_wanted, cancellationToken);
            _wanted.Clear();
            Removed += taken + await settling.CompleteAsync(_inTheWay, cancellationToken);
            _inTheWay.Clear();
        }

        Unrecorded = Unrecorded.With(new JobCounts(taken, _passedOver, 0));
        return true;
    }

    /// <summary>Records what was done.</summary>
    /// <returns>False when the job is to stop, or somebody else has done its step.</returns>
    async Task<bool> GoesOnAsync(CancellationToken cancellationToken)
    {
        var recorded = await jobs.AdvanceAsync(_recorded, Unrecorded, cancellationToken);
        Unrecorded = JobCounts.None;
        (_recorded, _recordedAt) = (recorded ?? _recorded, time.GetUtcNow());
        return recorded is { StopRequested: false };
    }
}

/// <summary>What a sweep is to do with a message.</summary>
internal enum SweepChoice
{
    /// <summary>It is none of those wanted, and stays as it is.</summary>
    Leave,

    /// <summary>It is wanted: act on it, and remove it from its queue.</summary>
    Take,

    /// <summary>
    /// It is not wanted, but in the way: act on it, and remove it from its place. It does not count as taken.
    /// </summary>
    Move,

    /// <summary>It is wanted, but nothing can be done with it: it stays as it is, and is counted.</summary>
    Skip,
}

/// <summary>Why a sweep came to its end.</summary>
internal enum SweepEnd
{
    /// <summary>The queue gave no more.</summary>
    NothingCame,

    /// <summary>The first lock is about to run out.</summary>
    TimeIsUp,

    /// <summary>It holds as many others as it may.</summary>
    HeldAll,

    /// <summary>The job is to stop, its messages are no longer wanted, or somebody else has done its step.</summary>
    ToldToStop,
}

/// <summary>What a step of a job wants of a queue.</summary>
/// <param name="Job">The job: where, and only messages that were enqueued before it was made, unless it is an
/// erasure.</param>
/// <param name="Choice">Judges a message. One for which it throws is skipped.</param>
/// <param name="Act">
/// Acts on chosen messages, which are removed after it. It is repeated for the same messages when the process dies in
/// between. False when it did nothing, since they are no longer wanted: they stay, and the sweep ends.
/// </param>
internal sealed record SweepOrder(
    Job Job, Func<ServiceBusReceivedMessage, SweepChoice> Choice,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, CancellationToken, Task<bool>> Act)
{
    /// <summary>
    /// The sequence number of the only message that can be wanted: what lies behind it is not locked.
    /// </summary>
    public long? Only { get; init; }

    /// <summary>Others that are held at a time; at most <see cref="QueueSweep.MaxHeld"/>.</summary>
    public int MostHeld { get; init; } = QueueSweep.MaxHeld;

    /// <summary>Is told of a message that could not be judged, and why.</summary>
    public Action<ServiceBusReceivedMessage, Exception> NotJudged { get; init; } = (_, _) => { };

    /// <summary>Judges a message. One that nobody could judge is skipped, and so counted and named.</summary>
    public SweepChoice Choose(ServiceBusReceivedMessage message)
    {
        // What came later may be what the job itself sent and failed again. Nothing comes back of what is erased.
        if (message.EnqueuedTime >= Job.CreatedAt && Job.Kind != JobKind.Erase)
        {
            return SweepChoice.Leave;
        }

        try
        {
            return Choice(message);
        }
        // Whatever a stranger has written, it must not end the job for all other messages.
        catch (Exception e)
        {
            NotJudged(message, e);
            return SweepChoice.Skip;
        }
    }
}

/// <summary>Settles what a sweep has locked, many at a time.</summary>
internal sealed partial class SweepSettling(ServiceBusReceiver receiver, ILogger logger)
{
    // Settlements under way at a time: the broker commits those that come together at once.
    const int Concurrency = 64;

    /// <summary>Removes messages that were acted upon.</summary>
    /// <returns>
    /// How many are removed. One whose lock was lost comes again and is acted upon again, which may be repeated.
    /// </returns>
    /// <exception cref="ServiceBusException">Service Bus failed; what is not removed comes again.</exception>
    public async Task<int> CompleteAsync(
        IReadOnlyCollection<ServiceBusReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var completed = 0;
        await Parallel.ForEachAsync(messages,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (message, token) =>
        {
            if (await IsSettledAsync(() => receiver.CompleteMessageAsync(message, token)))
            {
                Interlocked.Increment(ref completed);
            }
            else
            {
                Log.LockLost(logger, message.MessageId, message.SequenceNumber);
            }
        });
        return completed;
    }

    /// <summary>
    /// Gives messages back into their places, even while the host is stopping: a lock that runs out costs the next step
    /// a minute.
    /// </summary>
    public async Task GiveBackAsync(IReadOnlyCollection<ServiceBusReceivedMessage> messages)
    {
        try
        {
            // One whose lock has run out lies in its place already: of a hundred thousand that is no word each.
            await Parallel.ForEachAsync(
                messages, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (message, _) =>
                await IsSettledAsync(
                    () => receiver.AbandonMessageAsync(message, cancellationToken: CancellationToken.None)));
        }
        catch (ServiceBusException e)
        {
            Log.NotGivenBack(logger, e, messages.Count);
        }
    }

    static async Task<bool> IsSettledAsync(Func<Task> settle)
    {
        try
        {
            await settle();
            return true;
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            return false;
        }
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "The lock of message {MessageId} (number {SequenceNumber}) ran out before it was settled; it comes again")]
        public static partial void LockLost(ILogger logger, string? messageId, long sequenceNumber);

        [LoggerMessage(
            2, LogLevel.Warning,
            "Of {Held} messages some could not be given back; they come again when their locks have run out")]
        public static partial void NotGivenBack(ILogger logger, Exception exception, int held);
    }
}
