using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// A queue or dead-letter queue in memory: messages in the order of their numbers, locks and lives that run out, counts
/// of deliveries.
/// </summary>
/// <param name="time">Its clock.</param>
/// <param name="source">
/// The queue whose dead letters lie here: then nothing is counted and nothing expires. Null for a queue.
/// </param>
sealed class FakeQueue(TimeProvider time, FakeQueue? source = null)
{
    public static readonly TimeSpan LockDuration = TimeSpan.FromMinutes(1);

    static readonly TimeSpan DuplicateWindow = TimeSpan.FromHours(1);

    readonly Lock _gate = new();
    readonly Dictionary<long, Entry> _entries = [];
    readonly SortedSet<long> _numbers = [];
    readonly SortedSet<long> _free = [];
    readonly Queue<(DateTimeOffset Until, Entry Entry)> _locks = [];
    readonly PriorityQueue<Entry, DateTimeOffset> _expiring = new();
    readonly PriorityQueue<Entry, DateTimeOffset> _scheduled = new();
    readonly Dictionary<string, DateTimeOffset> _known = [];
    readonly Dictionary<Guid, Entry> _held = [];
    FakeQueue? _deadLetters;
    long _last;

    /// <summary>Awaited before each receiving; given how many there were until then.</summary>
    public Func<int, Task> BeforeReceive { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited before each receiving by number; given how many there were until then.</summary>
    public Func<int, Task> BeforeReceiveDeferred { get; set; } = _ => Task.CompletedTask;

    /// <summary>While it is set, what it gives for a call's name is thrown.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    /// <summary>Settlements that are done, although the client's second try is told that the lock is lost.</summary>
    public Predicate<string> AnswerLost { get; set; } = _ => false;

    /// <summary>How many partitions it has; 1 is none. What comes goes to one after the other.</summary>
    public int Partitions { get; set; } = 1;

    /// <summary>How many messages a look shows at most, however many are asked for.</summary>
    public int MostPeeked { get; set; } = 250;

    /// <summary>
    /// From which numbers on a look shows nothing, whatever is there, as the service's sometimes does.
    /// </summary>
    public Func<long, bool> ShowsNothingFrom { get; set; } = _ => false;

    /// <summary>How many deferred messages are given out at most, however many are asked for.</summary>
    public int MostGiven { get; set; } = int.MaxValue;

    /// <summary>After how many deliveries a message is a dead letter.</summary>
    public int MaxDeliveryCount { get; set; } = 10;

    /// <summary>Whether what expires is gone, instead of being a dead letter.</summary>
    public bool DropsExpired { get; set; }

    /// <summary>Its dead-letter queue.</summary>
    public FakeQueue DeadLetters =>
        LazyInitializer.EnsureInitialized(ref _deadLetters, () => new FakeQueue(time, this));

    /// <summary>Names of the calls made.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The messages that are left, in order, as a look at the queue shows them.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> Messages =>
        Look<ServiceBusReceivedMessage>(() => [.. _numbers.Select(number => _entries[number].Show())]);

    /// <summary>Puts a message to be looked at that is due later, however much time passes.</summary>
    public FakeQueue PutScheduled(ServiceBusMessage message) => Put(message, due: DateTimeOffset.MaxValue);

    /// <summary>Takes a message as a broker does: once within the duplicate window, and when it is due.</summary>
    public void Send(ServiceBusMessage message)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_known.TryGetValue(message.MessageId, out var since) && now < since + DuplicateWindow)
            {
                return;
            }

            _known[message.MessageId] = now;
        }

        Put(message, due: message.ScheduledEnqueueTime > now ? message.ScheduledEnqueueTime : null);
    }

    /// <summary>Puts a message there as it is, whether its id is known or not.</summary>
    public FakeQueue Put(
        ServiceBusMessage message,
        DateTimeOffset? enqueuedAt = null,
        string? reason = null,
        string? description = null,
        DateTimeOffset? due = null)
    {
        lock (_gate)
        {
            var entry = new Entry(message) { Number = NextNumber(), EnqueuedAt = enqueuedAt ?? time.GetUtcNow() };
            if (reason is not null)
            {
                entry.Properties["DeadLetterReason"] = reason;
                entry.Properties["DeadLetterErrorDescription"] = description ?? "";
            }

            _entries.Add(entry.Number, entry);
            _numbers.Add(entry.Number);
            if (due is { } later)
            {
                entry.State = ServiceBusMessageState.Scheduled;
                _scheduled.Enqueue(entry, later);
            }
            else
            {
                BeginLife(entry);
            }
        }

        return this;
    }

    /// <summary>Removes the queue with all that lies on it and makes it anew: its numbers begin anew.</summary>
    public void MakeAnew()
    {
        lock (_gate)
        {
            _entries.Clear();
            _numbers.Clear();
            _free.Clear();
            _locks.Clear();
            _scheduled.Clear();
            _expiring.Clear();
            _known.Clear();
            _held.Clear();
            _last = 0;
        }
    }

    /// <summary>Locks all messages as another receiver would, those that are deferred too.</summary>
    public void LockAll()
    {
        Take(int.MaxValue);
        TakeDeferred(Deferred());
    }

    /// <summary>The numbers of the messages that are deferred and not locked.</summary>
    public IReadOnlyList<long> Deferred() =>
        Look<long>(() => [.. _numbers.Where(number => IsFreeDeferred(_entries[number]))]);

    /// <summary>
    /// Gives out deferred messages by their numbers: all, or none. One expires only when it is asked for.
    /// </summary>
    public IReadOnlyList<ServiceBusReceivedMessage> TakeDeferred(IReadOnlyCollection<long> numbers) =>
        Look<ServiceBusReceivedMessage>(() =>
        {
            if (numbers.Select(SequenceNumber.PartitionOf).Distinct().Count() > 1)
            {
                throw new InvalidOperationException("The numbers are of several partitions.");
            }

            var all = numbers.Distinct().Select(number => _entries.GetValueOrDefault(number)).ToList();
            var areThere = all.All(entry => entry is not null && IsFreeDeferred(entry));
            var expired = areThere ? all.FindAll(entry => entry!.ExpiresAt <= time.GetUtcNow()) : [];
            expired.ForEach(entry => Expire(entry!));
            return areThere && expired is []
                ? [.. all.Take(MostGiven).Select(entry => Locked(entry!).Show(isTaken: true))]
                : throw new ServiceBusException("One is not there.", ServiceBusFailureReason.MessageNotFound);
        });

    public IReadOnlyList<ServiceBusReceivedMessage> Take(int most) =>
        Look<ServiceBusReceivedMessage>(() =>
        {
            var free = _free.Take(most).Select(number => _entries[number]).ToList();
            foreach (var entry in free)
            {
                Locked(entry);
                _free.Remove(entry.Number);
            }

            return [.. free.Select(entry => entry.Show(isTaken: true))];
        });

    /// <summary>Looks at what there is from a number on; not beyond the partition of the first that it finds.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> Peek(long from, int most) =>
        ShowsNothingFrom(from) ? [] : Look<ServiceBusReceivedMessage>(() =>
        {
            var page = _numbers.GetViewBetween(from, long.MaxValue);
            return [.. page.TakeWhile(
                number => SequenceNumber.PartitionOf(number) == SequenceNumber.PartitionOf(page.Min))
                .Take(Math.Min(most, MostPeeked))
                .Select(number => _entries[number].Show())];
        });

    public void Settle(string how, ServiceBusReceivedMessage message)
    {
        lock (_gate)
        {
            // By the token alone: whoever settles need not have kept more of the message.
            var token = Guid.Parse(message.LockToken);
            if (!_held.Remove(token, out var entry) || entry.Token != token || entry.LockedUntil <= time.GetUtcNow())
            {
                throw new ServiceBusException("The lock is lost.", ServiceBusFailureReason.MessageLockLost);
            }

            if (how == "complete")
            {
                Remove(entry);
            }
            else
            {
                entry.State = how == "defer" ? ServiceBusMessageState.Deferred : entry.State;
                EndDelivery(entry);
            }
        }
    }

    public void Enter(string call)
    {
        lock (_gate)
        {
            Calls.Add(call);
        }

        if (Fault(call) is { } fault)
        {
            throw fault;
        }
    }

    // Each partition numbers for itself, as if the numbers of all came one after the other.
    long NextNumber() => SequenceNumber.FirstOf((int)(_last % Partitions)) + ++_last;

    static bool IsFreeDeferred(Entry entry) =>
        entry.State == ServiceBusMessageState.Deferred && entry.LockedUntil == default;

    IReadOnlyList<T> Look<T>(Func<IReadOnlyList<T>> look)
    {
        // First, since what it gives up comes here.
        source?.Look<int>(() => []);
        lock (_gate)
        {
            CatchUp();
            return look();
        }
    }

    void CatchUp()
    {
        Activate();
        FreeExpired();
        while (_expiring.TryPeek(out var entry, out var until) && until <= time.GetUtcNow())
        {
            _expiring.Dequeue();
            // What somebody holds expires when he gives it back.
            if (_free.Contains(entry.Number) && _entries[entry.Number] == entry)
            {
                Expire(entry);
            }
        }
    }

    void BeginLife(Entry entry)
    {
        var now = time.GetUtcNow();
        entry.ExpiresAt = source is not null || entry.TimeToLive >= DateTimeOffset.MaxValue - now
            ? DateTimeOffset.MaxValue
            : now + entry.TimeToLive;
        Free(entry);
    }

    void Free(Entry entry)
    {
        _free.Add(entry.Number);
        _expiring.Enqueue(entry, entry.ExpiresAt);
    }

    void Expire(Entry entry)
    {
        if (DropsExpired)
        {
            Remove(entry);
        }
        else
        {
            DeadLetter(entry, "TTLExpiredException", "The message expired and was dead lettered.");
        }
    }

    // One that was deferred before is so again.
    void EndDelivery(Entry entry)
    {
        entry.LockedUntil = default;
        if (source is null && ++entry.Deliveries >= MaxDeliveryCount)
        {
            DeadLetter(
                entry, "MaxDeliveryCountExceeded",
                $"Message could not be consumed after {MaxDeliveryCount} delivery attempts.");
        }
        else if (entry.State != ServiceBusMessageState.Deferred)
        {
            Free(entry);
        }
    }

    void DeadLetter(Entry entry, string reason, string description)
    {
        Remove(entry);
        DeadLetters.Put(new ServiceBusMessage(entry.Show()), entry.EnqueuedAt, reason, description);
    }

    void Remove(Entry entry)
    {
        _entries.Remove(entry.Number);
        _numbers.Remove(entry.Number);
        _free.Remove(entry.Number);
    }

    Entry Locked(Entry entry)
    {
        entry.Lock(time.GetUtcNow() + LockDuration);
        _locks.Enqueue((entry.LockedUntil, entry));
        _held[entry.Token] = entry;
        return entry;
    }

    // What is due is appended as if it came now, with a new number:
    // https://learn.microsoft.com/azure/service-bus-messaging/message-sequencing#scheduled-messages
    void Activate()
    {
        while (_scheduled.TryPeek(out var entry, out var due) && due <= time.GetUtcNow())
        {
            _scheduled.Dequeue();
            _entries.Remove(entry.Number);
            _numbers.Remove(entry.Number);
            (entry.Number, entry.EnqueuedAt, entry.State) = (NextNumber(), due, ServiceBusMessageState.Active);
            _entries.Add(entry.Number, entry);
            _numbers.Add(entry.Number);
            BeginLife(entry);
        }
    }

    // All locks last as long as each other, so they run out in the order in which they were taken.
    void FreeExpired()
    {
        while (_locks.TryPeek(out var taken) && taken.Until <= time.GetUtcNow())
        {
            _locks.Dequeue();
            if (taken.Entry.LockedUntil == taken.Until && _entries.ContainsKey(taken.Entry.Number))
            {
                EndDelivery(taken.Entry);
            }
        }
    }

    sealed class Entry(ServiceBusMessage message)
    {
        /// <summary>How many deliveries came to nothing.</summary>
        public int Deliveries { get; set; }

        public TimeSpan TimeToLive => message.TimeToLive;

        public DateTimeOffset ExpiresAt { get; set; }

        public long Number { get; set; }

        public DateTimeOffset EnqueuedAt { get; set; }

        public ServiceBusMessageState State { get; set; }

        public Dictionary<string, object> Properties { get; } = new(message.ApplicationProperties);

        public Guid Token { get; private set; }

        public DateTimeOffset LockedUntil { get; set; }

        public void Lock(DateTimeOffset until) => (Token, LockedUntil) = (Guid.NewGuid(), until);

        public ServiceBusReceivedMessage Show(bool isTaken = false) => Some.Received(
            message,
            Deliveries + (isTaken ? 1 : 0),
            EnqueuedAt,
            Number,
            LockedUntil,
            Token,
            State,
            new Dictionary<string, object>(Properties));
    }
}
