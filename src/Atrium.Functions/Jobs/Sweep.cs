using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>
/// One step's way through a queue, which it goes once: it locks batch after batch, acts on what is chosen, and holds the others until its end, without
/// their bodies.
/// </summary>
internal sealed class Sweep(SweepOrder order, ServiceBusReceiver receiver, SweepSettling settling, JobStore jobs, TimeProvider time)
{
    // The part of a lock within which messages are settled, whatever the queue's lock duration is.
    const double PartOfLock = 0.75;

    // An open link gives what is there within milliseconds; opening it takes longer and is not counted in. A look decides whether it was all.
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
                    || (time.GetUtcNow() - _recordedAt >= QueueSweep.ProgressInterval && !await GoesOnAsync(cancellationToken)))
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
    static ServiceBusReceivedMessage WithoutBody(ServiceBusReceivedMessage message) => ServiceBusModelFactory.ServiceBusReceivedMessage(
        messageId: message.MessageId, lockTokenGuid: Guid.Parse(message.LockToken), sequenceNumber: message.SequenceNumber);

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
