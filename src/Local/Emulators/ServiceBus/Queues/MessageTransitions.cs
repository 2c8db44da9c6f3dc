namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>
/// Each way in which a message changes: in the index, and in the journal when it must be durable. Of a lock, that is
/// whether there is one.
/// </summary>
internal sealed class MessageTransitions(
    QueueSettings settings, MessageIndex messages, Journal journal, MessageTransitions? deadLetter)
{
    public bool CanDeadLetter => deadLetter is not null;

    public void Add(QueuedMessage message)
    {
        messages.Add(message);
        journal.Write(new Change.Added(settings.Name, message));
    }

    public void Take(QueuedMessage message, bool locking, Moment now)
    {
        if (!locking)
        {
            Remove(message);
            return;
        }

        TakeOut(message);
        message.LockToken = Guid.NewGuid();
        message.LockedUntil = now.Broker + settings.LockDuration;
        messages.Add(message);
    }

    public void Renew(QueuedMessage message, Moment now)
    {
        TakeOut(message);
        message.LockedUntil = now.Broker + settings.LockDuration;
        messages.Add(message);
    }

    public void Disown(QueuedMessage message)
    {
        TakeOut(message);
        message.LockToken = Guid.NewGuid();
        messages.Add(message);
    }

    public void Activate(QueuedMessage message, long sequenceNumber, Moment now)
    {
        TakeOut(message);
        message.State = MessageState.Active;
        message.SequenceNumber = sequenceNumber;
        message.EnqueuedAt = now.Wall;
        message.ExpiresAt = message.ExpiryFrom(now.Broker);
        messages.Add(message);
        journal.Write(new Change.Altered(settings.Name, message));
    }

    public void Expire(QueuedMessage message)
    {
        if (settings.DeadLetterOnExpiration)
        {
            DeadLetter(message, PropertyChanges.Expired());
        }
        else
        {
            Remove(message);
        }
    }

    /// <summary>
    /// A delivery is over without the message being done; the last that is allowed ends in the dead-letter queue, a
    /// deferred one too (azure-service-bus#375). A dead-letter queue counts none (azure-sdk-for-net#53437).
    /// </summary>
    public void EndDelivery(QueuedMessage message, MessageState next)
    {
        if (CanDeadLetter && ++message.DeliveryCount >= settings.MaxDeliveryCount)
        {
            DeadLetter(message, PropertyChanges.DeliveredTooOften(settings.MaxDeliveryCount));
            return;
        }

        TakeOut(message);
        message.LockToken = Guid.Empty;
        message.State = next;
        messages.Add(message);
        journal.Write(new Change.Altered(settings.Name, message));
    }

    public void Release(QueuedMessage message)
    {
        TakeOut(message);
        message.LockToken = Guid.Empty;
        messages.Add(message);
    }

    public void DeadLetter(QueuedMessage message, PropertyChanges reason)
    {
        TakeOut(message);
        message.LockToken = Guid.Empty;
        SetProperties(message, reason);
        deadLetter!.Accept(message);
    }

    public void SetProperties(QueuedMessage message, PropertyChanges properties)
    {
        if (properties.Count > 0)
        {
            journal.Write(new Change.PropertiesSet(message, properties));
        }
    }

    public void Remove(QueuedMessage message)
    {
        TakeOut(message);
        message.LockToken = Guid.Empty;
        journal.Write(new Change.Removed(message));
    }

    void TakeOut(QueuedMessage message)
    {
        journal.LockWas(message);
        messages.Remove(message);
    }

    void Accept(QueuedMessage message)
    {
        message.State = MessageState.Active;
        message.ExpiresAt = BrokerTime.Never;
        messages.Add(message);
        journal.Write(new Change.Altered(settings.Name, message));
    }
}
