namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>
/// The rules of one queue: order, locks, counting, expiry, schedules, duplicates. It knows neither wire nor disk: what must be durable
/// it writes to the journal, and time is an argument. Not thread safe; the commit loop is its only caller.
/// </summary>
internal sealed class QueueState(QueueSettings settings, Journal journal, Func<Guid> newLockToken, QueueState? deadLetter)
{
    readonly MessageIndex _messages = new();
    readonly DuplicateHistory? _history = settings.DuplicateWindow is { } window ? new DuplicateHistory(window) : null;
    long _lastSequenceNumber;

    public QueueSettings Settings => settings;

    public bool IsDeadLetterQueue => deadLetter is null;

    public int Count => _messages.Count;

    public bool HasReady => _messages.HasReady;

    /// <summary>When <see cref="CatchUp"/> is next needed.</summary>
    public BrokerTime NextDue => _messages.FirstDue?.DueAt ?? BrokerTime.Never;

    public Enqueued Enqueue(long id, Arrival arrival, Moment now)
    {
        var number = NextSequenceNumber();
        if (IsDuplicate(arrival.MessageId, now.Broker))
        {
            return new Enqueued(number, Dropped: true);
        }

        var timeToLive = arrival.TimeToLive is { } own && (settings.DefaultTimeToLive is not { } cap || own < cap) ? own : settings.DefaultTimeToLive;
        var message = new QueuedMessage(id) { SequenceNumber = number, EnqueuedAt = now.Wall, TimeToLive = timeToLive, Content = arrival.Content };
        if (arrival.ScheduledFor is { } at && at > now.Wall)
        {
            message.State = MessageState.Scheduled;
            message.ActivatesAt = BrokerClock.ToBroker(at, now);
        }
        else
        {
            message.ExpiresAt = Expiry(message, now);
        }

        _messages.Add(message);
        journal.Write(new Change.Added(settings.Name, message));
        return new Enqueued(number, Dropped: false);
    }

    /// <summary>Takes the next message for a receiver: locked, or gone from the queue.</summary>
    public QueuedMessage? TakeNext(bool locking, Moment now)
    {
        while (_messages.FirstReady is { } message)
        {
            if (message.ExpiresAt <= now.Broker)
            {
                Expire(message);
                continue;
            }

            Take(message, locking, now);
            return message;
        }

        return null;
    }

    /// <summary>Takes messages that were set aside; null, with nothing taken, when one of them is not there, or somebody holds it.</summary>
    public IReadOnlyList<QueuedMessage>? TakeDeferred(IReadOnlyCollection<long> sequenceNumbers, bool locking, Moment now)
    {
        var found = sequenceNumbers.Distinct().Select(_messages.Find).ToList();
        if (found.Any(m => m is not { State: MessageState.Deferred, IsLocked: false }))
        {
            return null;
        }

        found.ForEach(m => Take(m!, locking, now));
        return found!;
    }

    public SettlementResult Settle(Guid token, Settlement settlement, Moment now)
    {
        if (_messages.Locked(token) is not { } message)
        {
            return SettlementResult.LockLost;
        }

        switch (settlement)
        {
            case Settlement.Complete:
                Remove(message);
                break;
            case Settlement.Abandon abandon:
                Set(message, abandon.Changes);
                CountFailure(message);
                break;
            case Settlement.Defer defer:
                Set(message, defer.Changes);
                Unlock(message, MessageState.Deferred, message.DeliveryCount + 1);
                break;
            case Settlement.DeadLetter when IsDeadLetterQueue:
                return SettlementResult.NotAllowed;
            case Settlement.DeadLetter dead:
                MoveToDeadLetter(message, dead.Changes);
                break;
            case Settlement.Release:
                Unlock(message, message.State, message.DeliveryCount);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(settlement), settlement, "No such settlement.");
        }

        return SettlementResult.Settled;
    }

    /// <returns>When the lock now ends, or null when it is lost.</returns>
    public BrokerTime? RenewLock(Guid token, Moment now)
    {
        if (_messages.Locked(token) is not { } message)
        {
            return null;
        }

        _messages.Remove(message);
        message.LockedUntil = now.Broker + settings.LockDuration;
        _messages.Add(message);
        return message.LockedUntil;
    }

    /// <summary>Messages in order of number, whatever their state.</summary>
    public IEnumerable<QueuedMessage> Peek(long fromSequenceNumber, Moment now) =>
        _messages.From(fromSequenceNumber).Where(m => m.IsLocked || m.State != MessageState.Active || m.ExpiresAt > now.Broker);

    /// <returns>False, with nothing changed, when one of them is not scheduled (any more).</returns>
    public bool CancelScheduled(IReadOnlyCollection<long> sequenceNumbers)
    {
        var found = sequenceNumbers.Distinct().Select(_messages.Find).ToList();
        if (found.Any(m => m is not { State: MessageState.Scheduled }))
        {
            return false;
        }

        found.ForEach(m => Remove(m!));
        return true;
    }

    /// <summary>Does all that has fallen due: scheduled messages, locks that ran out, expiry.</summary>
    public void CatchUp(Moment now)
    {
        while (_messages.FirstDue is { } message && message.DueAt <= now.Broker)
        {
            if (message.IsLocked)
            {
                CountFailure(message);
            }
            else if (message.State == MessageState.Scheduled)
            {
                Activate(message, now);
            }
            else
            {
                Expire(message);
            }
        }

        ForgetIds(now.Broker);
    }

    public void Restore(QueuedMessage message) => _messages.Add(message);

    public void RestoreSequence(long last) => _lastSequenceNumber = last;

    public void RestoreId(UInt128 id, BrokerTime at) => _history?.Add(id, at);

    void Take(QueuedMessage message, bool locking, Moment now)
    {
        if (!locking)
        {
            Remove(message);
            return;
        }

        _messages.Remove(message);
        message.LockToken = newLockToken();
        message.LockedUntil = now.Broker + settings.LockDuration;
        _messages.Add(message);
    }

    // The number is given anew, so that order is the order in which messages became available.
    void Activate(QueuedMessage message, Moment now)
    {
        _messages.Remove(message);
        message.State = MessageState.Active;
        message.SequenceNumber = NextSequenceNumber();
        message.EnqueuedAt = now.Wall;
        message.ExpiresAt = Expiry(message, now);
        _messages.Add(message);
        journal.Write(new Change.Altered(settings.Name, message));
    }

    void Expire(QueuedMessage message)
    {
        if (settings.DeadLetterOnExpiration)
        {
            MoveToDeadLetter(message, DeadLetterReasons.Expired());
        }
        else
        {
            Remove(message);
        }
    }

    void CountFailure(QueuedMessage message)
    {
        if (message.DeliveryCount + 1 >= settings.MaxDeliveryCount)
        {
            MoveToDeadLetter(message, DeadLetterReasons.DeliveredTooOften(settings.MaxDeliveryCount));
        }
        else
        {
            Unlock(message, message.State, message.DeliveryCount + 1);
        }
    }

    void Unlock(QueuedMessage message, MessageState state, int deliveryCount)
    {
        _messages.Remove(message);
        message.LockToken = Guid.Empty;
        if ((message.State, message.DeliveryCount) != (state, deliveryCount))
        {
            (message.State, message.DeliveryCount) = (state, deliveryCount);
            journal.Write(new Change.Altered(settings.Name, message));
        }

        _messages.Add(message);
    }

    void MoveToDeadLetter(QueuedMessage message, PropertyChanges reason)
    {
        _messages.Remove(message);
        message.LockToken = Guid.Empty;
        Set(message, reason);
        deadLetter!.Accept(message);
    }

    void Accept(QueuedMessage message)
    {
        message.State = MessageState.Active;
        message.DeliveryCount = 0;
        message.ExpiresAt = BrokerTime.Never;
        _messages.Add(message);
        journal.Write(new Change.Altered(settings.Name, message));
    }

    void Set(QueuedMessage message, PropertyChanges properties)
    {
        if (properties.Count > 0)
        {
            journal.Write(new Change.PropertiesSet(message, properties));
        }
    }

    void Remove(QueuedMessage message)
    {
        _messages.Remove(message);
        message.LockToken = Guid.Empty;
        journal.Write(new Change.Removed(message));
    }

    bool IsDuplicate(string messageId, BrokerTime now)
    {
        if (_history is null)
        {
            return false;
        }

        ForgetIds(now);
        var key = DuplicateHistory.Key(messageId);
        if (!_history.Add(key, now))
        {
            return true;
        }

        journal.Write(new Change.IdRemembered(settings.Name, key, now));
        return false;
    }

    void ForgetIds(BrokerTime now)
    {
        if (_history?.Forget(now) is { } until)
        {
            journal.ForgetIdsUntil(settings.Name, until);
        }
    }

    long NextSequenceNumber()
    {
        journal.SequenceIs(settings.Name, ++_lastSequenceNumber);
        return _lastSequenceNumber;
    }

    static BrokerTime Expiry(QueuedMessage message, Moment now) => message.TimeToLive is { } ttl ? now.Broker + ttl : BrokerTime.Never;
}
