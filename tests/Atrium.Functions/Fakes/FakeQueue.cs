using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// A queue or dead-letter queue in memory: messages in the order of their numbers, locks that run out, counts of
/// deliveries.
/// </summary>
sealed class FakeQueue(TimeProvider time)
{
    public static readonly TimeSpan LockDuration = TimeSpan.FromMinutes(1);

    static readonly TimeSpan DuplicateWindow = TimeSpan.FromHours(1);

    readonly Lock _gate = new();
    readonly Dictionary<long, Entry> _entries = [];
    readonly SortedSet<long> _numbers = [];
    readonly SortedSet<long> _free = [];
    readonly Queue<(DateTimeOffset Until, Entry Entry)> _locks = [];
    readonly PriorityQueue<Entry, DateTimeOffset> _scheduled = new();
    readonly Dictionary<string, DateTimeOffset> _known = [];
    readonly Dictionary<Guid, Entry> _held = [];
    long _last;

    /// <summary>Awaited before each receiving; given how many there were until then.</summary>
    public Func<int, Task> BeforeReceive { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited before each receiving by number; given how many there were until then.</summary>
    public Func<int, Task> BeforeReceiveDeferred { get; set; } = _ => Task.CompletedTask;

    /// <summary>While it is set, what it gives for a call's name is thrown.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    /// <summary>How many partitions it has; 1 is none. What comes goes to one after the other.</summary>
    public int Partitions { get; set; } = 1;

    /// <summary>Names of the calls made.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The messages that are left, in order, as a look at the queue shows them.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> Messages
    {
        get
        {
            lock (_gate)
            {
                Activate();
                return [.. _numbers.Select(number => _entries[number].Show())];
            }
        }
    }

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
                _free.Add(entry.Number);
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
    public IReadOnlyList<long> Deferred()
    {
        lock (_gate)
        {
            return [.. _numbers.Where(number => IsFreeDeferred(_entries[number]))];
        }
    }

    /// <summary>Gives out deferred messages by their numbers: all, or none.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> TakeDeferred(IReadOnlyCollection<long> numbers)
    {
        lock (_gate)
        {
            if (numbers.Select(SequenceNumber.PartitionOf).Distinct().Count() > 1)
            {
                throw new InvalidOperationException("The numbers are of several partitions.");
            }

            if (numbers.Any(number => !_entries.TryGetValue(number, out var found) || !IsFreeDeferred(found)))
            {
                throw new ServiceBusException("One is not there.", ServiceBusFailureReason.MessageNotFound);
            }

            return [.. numbers.Select(number => Locked(_entries[number]).Show())];
        }
    }

    public IReadOnlyList<ServiceBusReceivedMessage> Take(int most)
    {
        lock (_gate)
        {
            Activate();
            FreeExpired();
            var free = _free.Take(most).Select(number => _entries[number]).ToList();
            foreach (var entry in free)
            {
                Locked(entry);
                _free.Remove(entry.Number);
            }

            return [.. free.Select(entry => entry.Show())];
        }
    }

    /// <summary>Looks at what there is from a number on; not beyond the partition of the first that it finds.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> Peek(long from, int most)
    {
        lock (_gate)
        {
            Activate();
            var page = _numbers.GetViewBetween(from, long.MaxValue);
            return [.. page.TakeWhile(
                number => SequenceNumber.PartitionOf(number) == SequenceNumber.PartitionOf(page.Min)).Take(most)
                .Select(number => _entries[number].Show())];
        }
    }

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
                _entries.Remove(entry.Number);
                _numbers.Remove(entry.Number);
            }
            else if (how == "defer")
            {
                entry.State = ServiceBusMessageState.Deferred;
            }
            else if (entry.State != ServiceBusMessageState.Deferred)
            {
                _free.Add(entry.Number);
            }

            entry.LockedUntil = default;
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

    bool IsFreeDeferred(Entry entry) =>
        entry.State == ServiceBusMessageState.Deferred && entry.LockedUntil <= time.GetUtcNow();

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
            _free.Add(entry.Number);
        }
    }

    // All locks last as long as each other, so they run out in the order in which they were taken.
    void FreeExpired()
    {
        while (_locks.TryPeek(out var taken) && taken.Until <= time.GetUtcNow())
        {
            _locks.Dequeue();
            if (taken.Entry.LockedUntil == taken.Until && _entries.ContainsKey(taken.Entry.Number)
                && taken.Entry.State != ServiceBusMessageState.Deferred)
            {
                _free.Add(taken.Entry.Number);
            }
        }
    }

    sealed class Entry(ServiceBusMessage message)
    {
        int _deliveries;

        public long Number { get; set; }

        public DateTimeOffset EnqueuedAt { get; set; }

        public ServiceBusMessageState State { get; set; }

        public Dictionary<string, object> Properties { get; } = new(message.ApplicationProperties);

        public Guid Token { get; private set; }

        public DateTimeOffset LockedUntil { get; set; }

        public void Lock(DateTimeOffset until) =>
            (Token, LockedUntil, _deliveries) = (Guid.NewGuid(), until, _deliveries + 1);

        public ServiceBusReceivedMessage Show() => Some.Received(
            message,
            _deliveries,
            EnqueuedAt,
            Number,
            LockedUntil,
            Token,
            State,
            new Dictionary<string, object>(Properties));
    }
}
