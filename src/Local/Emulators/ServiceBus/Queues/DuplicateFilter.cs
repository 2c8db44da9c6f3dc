namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>Duplicate detection of one queue: the history, and the journal that keeps it.</summary>
internal sealed class DuplicateFilter(QueueSettings settings, Journal journal)
{
    readonly DuplicateHistory? _history = settings.DuplicateWindow is { } window ? new DuplicateHistory(window) : null;

    /// <summary>Whether the message's id was accepted before; if not, it is from now on. In a partitioned queue its
    /// partition key belongs to its id (https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection).
    /// </summary>
    public bool IsDuplicate(Arrival arrival, BrokerTime now)
    {
        if (_history is null)
        {
            return false;
        }

        Forget(now);
        var key = DuplicateHistory.Key(
            settings.Partitions > 1 ? $"{arrival.PartitionKey}\n{arrival.MessageId}" : arrival.MessageId);
        if (!_history.Add(key, now))
        {
            return true;
        }

        journal.Write(new Change.IdRemembered(settings.Name, key, now));
        return false;
    }

    public void Forget(BrokerTime now)
    {
        if (_history?.Forget(now) is { } until)
        {
            journal.ForgetIdsUntil(settings.Name, until);
        }
    }

    public void Restore(UInt128 id, BrokerTime at) => _history?.Add(id, at);
}
