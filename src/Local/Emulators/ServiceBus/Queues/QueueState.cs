namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>
/// The rules of one queue: order, locks, counting, expiry, schedules, duplicates. It knows neither wire nor disk: what
/// must be durable it writes to the journal, and time is an argument. Not thread safe; the commit loop is its only
/// caller.
/// </summary>
internal sealed class QueueState
{
    readonly MessageIndex _messages = new();
    readonly MessageTransitions _transitions;
    readonly MessageIndex? _dead;
    readonly DuplicateFilter _duplicates;
    readonly Journal _journal;
    readonly SequenceNumbers _numbers = new();
    readonly PartitionChoice _sending;
    readonly PartitionChoice _receiving;

    /// <param name="settings">The queue's own.</param>
    /// <param name="journal">Takes what must be durable.</param>
    /// <param name="deadLetter">Null for a queue that is itself a dead-letter queue.</param>
    public QueueState(QueueSettings settings, Journal journal, QueueState? deadLetter)
    {
        Settings = settings;
        _journal = journal;
        _sending = new PartitionChoice(settings);
        _receiving = new PartitionChoice(settings);
        _dead = deadLetter?._messages;
        _duplicates = new DuplicateFilter(settings, journal);
        _transitions = new MessageTransitions(settings, _messages, journal, deadLetter?._transitions);
    }

    public QueueSettings Settings { get; }

    public int Count => _messages.Count;

    /// <summary>It takes no message until some have gone.</summary>
    public bool IsFull => _messages.Bytes + (_dead?.Bytes ?? 0) >= Settings.MaxBytes;

    public bool HasReady => _messages.HasReady;

    /// <summary>The messages that somebody holds.</summary>
    public IEnumerable<QueuedMessage> Locked => _messages.Locked();

    /// <summary>When <see cref="CatchUp"/> is next needed.</summary>
    public BrokerTime NextDue => _messages.FirstDue?.DueAt ?? BrokerTime.Never;

    public Enqueued Enqueue(long id, Arrival arrival, Moment now)
    {
        var number = NextSequenceNumber(_sending.Of(arrival));
        if (_duplicates.IsDuplicate(arrival, now.Broker))
        {
            return new Enqueued(number, Dropped: true);
        }

        var timeToLive = arrival.TimeToLive is { } own && (Settings.DefaultTimeToLive is not { } cap || own < cap)
            ? own
            : Settings.DefaultTimeToLive;
        var message = new QueuedMessage(id)
        {
            SequenceNumber = number,
            EnqueuedAt = now.Wall,
            TimeToLive = timeToLive,
            Bytes = arrival.Content.Length,
            Content = arrival.Content,
        };
        if (arrival.ScheduledFor is { } at && at > now.Wall)
        {
            message.State = MessageState.Scheduled;
            message.ActivatesAt = BrokerClock.ToBroker(at, now);
        }
        else
        {
            message.ExpiresAt = message.ExpiryFrom(now.Broker);
        }

        _transitions.Add(message);
        return new Enqueued(number, Dropped: false);
    }

    /// <summary>Takes the next message for a receiver: locked, or gone from the queue.</summary>
    public QueuedMessage? TakeNext(bool locking, Moment now)
    {
        while (NextReady() is { } message)
        {
            if (message.ExpiresAt > now.Broker)
            {
                _transitions.Take(message, locking, now);
                return message;
            }

            _transitions.Expire(message);
        }

        return null;
    }

    /// <summary>
    /// Takes messages that were set aside; null, with nothing taken, when one of them is missing, locked or expired. A
    /// deferred message expires only when it is asked for
    /// (https://learn.microsoft.com/azure/service-bus-messaging/message-deferral).
    /// </summary>
    public IReadOnlyList<QueuedMessage>? TakeDeferred(
        IReadOnlyCollection<long> sequenceNumbers, bool locking, Moment now)
    {
        var found = FindAll(sequenceNumbers, m => m is { State: MessageState.Deferred, IsLocked: false });
        if (found?.FindAll(m => m.ExpiresAt <= now.Broker) is { Count: > 0 } expired)
        {
            expired.ForEach(_transitions.Expire);
            return null;
        }

        found?.ForEach(m => _transitions.Take(m, locking, now));
        return found;
    }

    /// <returns>Null when the lock is lost, be it that <see cref="CatchUp"/> has not come to it yet.</returns>
    public QueuedMessage? Locks(Guid token, Moment now) =>
        _messages.Locked(token) is { } message && message.LockedUntil > now.Broker ? message : null;

    public SettlementResult Settle(Guid token, Settlement settlement, Moment now)
    {
        if (Locks(token, now) is not { } message)
        {
            return SettlementResult.LockLost;
        }

        switch (settlement)
        {
            case Settlement.Complete:
                _transitions.Remove(message);
                break;
            case Settlement.Abandon:
                _transitions.SetProperties(message, settlement.Changes);
                _transitions.EndDelivery(message, message.State);
                break;
            case Settlement.Defer:
                _transitions.SetProperties(message, settlement.Changes);
                _transitions.EndDelivery(message, MessageState.Deferred);
                break;
            case Settlement.DeadLetter when !_transitions.CanDeadLetter:
                return SettlementResult.NotAllowed;
            case Settlement.DeadLetter:
                _transitions.DeadLetter(message, settlement.Changes);
                break;
            case Settlement.Release:
                _transitions.Release(message);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(settlement), settlement, "No such settlement.");
        }

        return SettlementResult.Settled;
    }

    /// <returns>When the lock now ends, or null when it is lost.</returns>
    public BrokerTime? RenewLock(Guid token, Moment now)
    {
        if (Locks(token, now) is not { } message)
        {
            return null;
        }

        _transitions.Renew(message, now);
        return message.LockedUntil;
    }

    /// <summary>
    /// Who holds this lock can no longer settle or renew it. The message stays locked for as long as it was to be.
    /// </summary>
    public void Disown(Guid token)
    {
        if (_messages.Locked(token) is { } message)
        {
            _transitions.Disown(message);
        }
    }

    /// <summary>
    /// Messages in order of number, whatever their state. They end with their partition, as the service's do
    /// (azure-sdk-for-js#1108): ask again from the next number for those of the next.
    /// </summary>
    public IEnumerable<QueuedMessage> Peek(long fromSequenceNumber, Moment now)
    {
        var found = _messages.From(fromSequenceNumber)
            .Where(m => m.IsLocked || m.State != MessageState.Active || m.ExpiresAt > now.Broker);
        int? partition = null;
        return found.TakeWhile(m => SequenceNumbers.PartitionOf(m.SequenceNumber) is var its
            && its == (partition ??= its));
    }

    /// <returns>False, with nothing changed, when one of them is not scheduled (any more).</returns>
    public bool CancelScheduled(IReadOnlyCollection<long> sequenceNumbers)
    {
        var found = FindAll(sequenceNumbers, m => m.State == MessageState.Scheduled);
        found?.ForEach(_transitions.Remove);
        return found is not null;
    }

    /// <summary>Does all that has fallen due: scheduled messages, locks that ran out, expiry.</summary>
    public void CatchUp(Moment now)
    {
        while (_messages.FirstDue is { } message && message.DueAt <= now.Broker)
        {
            if (message.IsLocked)
            {
                _transitions.EndDelivery(message, message.State);
            }
            else if (message.State == MessageState.Scheduled)
            {
                // The message gets a new number, so that the order is that in which messages became available.
                var number = NextSequenceNumber(SequenceNumbers.PartitionOf(message.SequenceNumber));
                _transitions.Activate(message, number, now);
            }
            else
            {
                _transitions.Expire(message);
            }
        }

        _duplicates.Forget(now.Broker);
    }

    public void Restore(QueuedMessage message) => _messages.Add(message);

    public void RestoreSequence(long last) => _numbers.Restore(last);

    public void RestoreId(UInt128 id, BrokerTime at) => _duplicates.Restore(id, at);

    List<QueuedMessage>? FindAll(IReadOnlyCollection<long> sequenceNumbers, Predicate<QueuedMessage> wanted)
    {
        var found = sequenceNumbers.Distinct().Select(_messages.Find).OfType<QueuedMessage>().Where(m => wanted(m))
            .ToList();
        return found.Count == sequenceNumbers.Distinct().Count() ? found : null;
    }

    // Each partition in turn. Messages of a partition that is no longer declared come when the others are empty.
    QueuedMessage? NextReady()
    {
        for (var i = 0; i < Settings.Partitions && Settings.Partitions > 1; i++)
        {
            if (_messages.FirstReadyIn(_receiving.Next()) is { } message)
            {
                return message;
            }
        }

        return _messages.FirstReady;
    }

    long NextSequenceNumber(int partition)
    {
        var number = _numbers.Next(partition);
        _journal.SequenceIs(Settings.Name, number);
        return number;
    }
}

/// <param name="SequenceNumber">The message's number; of no use when it was dropped as a duplicate.</param>
/// <param name="Dropped">The queue has accepted this message id before, within its window.</param>
internal readonly record struct Enqueued(long SequenceNumber, bool Dropped);

internal enum SettlementResult
{
    Settled,

    /// <summary>The token is unknown: the lock ran out, the message was settled, or the broker was restarted.</summary>
    LockLost,

    /// <summary>A dead-letter queue has no dead-letter queue; the message stays locked.</summary>
    NotAllowed,
}
