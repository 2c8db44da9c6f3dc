using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Puts dead letters and parked deliveries into the index. It receives messages, writes their rows and defers them:
/// they stay in their queue, and are received by their numbers. The row comes first, then the deferral. After a crash
/// between the two, both are repeated, which changes nothing.
/// </summary>
/// <remarks>
/// A timer runs it, not a trigger on the queues: the scale controller counts deferred messages as waiting, and would
/// keep instances running for dead letters that wait for a person.
/// </remarks>
internal sealed partial class Indexing(
    QueueReceivers receivers, DeferredMessages deferred, DeadLetterIndex index, IndexStates states,
    CreditPace credits, AtriumMetrics metrics, TimeProvider time, ILogger<Indexing> logger)
{
    /// <summary>How long a queue is drained at most, so that the others get their turn.</summary>
    public static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a message can be held whose row is not written yet, once it was received: as long as a lock, and a
    /// little for the difference of clocks.
    /// </summary>
    public static readonly TimeSpan UntilFree = TimeSpan.FromSeconds(70);

    /// <summary>How long a run can hold such messages: as long as it receives, then until they are free.</summary>
    public static readonly TimeSpan LongestHold = LongestDrain + UntilFree;

    // An open link gives what is there within milliseconds.
    static readonly TimeSpan NothingComes = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Indexes what is new in all queues, side by side. It goes on while <see cref="IndexRebuild"/> makes an index
    /// again, which takes hours.
    /// </summary>
    /// <exception cref="AggregateException">Some queues could not be indexed; the others are.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new FailureCollector(cancellationToken);
        await Task.WhenAll(JobSources.All.Select(source => failures.TryAsync(
            source.Path(), () => DrainAsync(source, time.GetUtcNow(), cancellationToken))));
        failures.Complete();
    }

    /// <summary>
    /// Indexes the messages of a queue, as long as some come or for <see cref="LongestDrain"/>. A run that fails, or
    /// whose process dies, may hold messages until their locks run out.
    /// </summary>
    /// <param name="until">The time up to which all must be indexed: others can go on coming without end.</param>
    /// <exception cref="ServiceBusException">Service Bus failed; nothing is lost.</exception>
    /// <exception cref="Azure.RequestFailedException">The table failed; nothing is lost.</exception>
    public async Task<Drained> DrainAsync(
        JobSource source, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var state = await states.BeginAsync(source, cancellationToken);
        var began = time.GetUtcNow();
        var noted = await states.BeginRunAsync(state, began, cancellationToken);
        var hasAll = await ReceiveAsync(source, until, cancellationToken);
        var isWhole = await states.EndRunAsync(
            noted, began, time.GetUtcNow(), hasAll ? until : null, cancellationToken);
        return !hasAll ? Drained.Not : isWhole ? Drained.Whole : Drained.ButHeld;
    }

    // Whether all were received that came until then, but for those that another run holds.
    async Task<bool> ReceiveAsync(JobSource source, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // Of each partition the last, since each is in order for itself.
        var enqueued = new Dictionary<int, DateTimeOffset>();
        var receiver = receivers.Of(source);
        var most = credits.RecoveryPage(DeadLetterIndex.BatchSize, 1);
        while (time.GetElapsedTime(started) < LongestDrain)
        {
            var batch = await receiver.ReceiveMessagesAsync(most, NothingComes, cancellationToken);
            if (batch.Count == 0)
            {
                return true;
            }

            await credits.SpendAsync(batch.Count, cancellationToken);
            await credits.RecoverAsync(batch.Count, cancellationToken);

            var letters = batch.Select(message => DeadLetter.Of(source, message)).ToList();
            await index.AddAsync(source, letters, time.GetUtcNow(), cancellationToken);
            // Before any is deferred, which then does not come again: no alert may miss it.
            Tell(source, letters);
            // One whose lock was lost comes again.
            await deferred.DeferAsync(source, batch, cancellationToken);
            foreach (var message in batch)
            {
                enqueued[SequenceNumber.PartitionOf(message.SequenceNumber)] = message.EnqueuedTime;
            }
        }

        return enqueued.Values.All(at => at > until);
    }

    void Tell(JobSource source, IReadOnlyList<DeadLetter> letters)
    {
        if (source == JobSource.Parked)
        {
            return;
        }

        var known = KnownReasons.Of(source.QueueName());
        foreach (var reason in letters.CountBy(
            letter => letter.Reason is { } given && known.Contains(given) ? given : KnownReasons.Other))
        {
            metrics.Indexed(source.QueueName(), reason.Key, reason.Value);
            Log.Indexed(logger, source.QueueName(), reason.Key, reason.Value);
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Dead letters indexed: {Queue}, reason {Reason}, {Count}")]
        public static partial void Indexed(ILogger logger, string queue, string reason, int count);
    }
}

/// <summary>How far a queue was indexed.</summary>
internal enum Drained
{
    /// <summary>There is more than was received in the time.</summary>
    Not,

    /// <summary>All was received that could be, but another run may hold messages that have no row yet.</summary>
    ButHeld,

    /// <summary>All is in the index.</summary>
    Whole,
}
