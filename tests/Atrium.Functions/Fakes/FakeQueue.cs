using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A queue or dead-letter queue in memory: messages in the order of their numbers, locks that run out, counts of deliveries.</summary>
sealed class FakeQueue(TimeProvider time)
{
    public static readonly TimeSpan LockDuration = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    readonly Dictionary<long, Entry> _entries = [];
    readonly SortedSet<long> _numbers = [];
    readonly SortedSet<long> _free = [];
    readonly Queue<(DateTimeOffset Until, Entry Entry)> _locks = [];
    long _last;

    /// <summary>Awaited before each receiving; given how many there were until then.</summary>
    public Func<int, Task> BeforeReceive { get; set; } = _ => Task.CompletedTask;

    /// <summary>While it is set, what it gives for a call's name is thrown.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    /// <summary>Bytes of the bodies with which messages were given back: what whoever held them kept in memory.</summary>
    public long BytesGivenBack { get; private set; }

    /// <summary>Names of the calls made.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The messages that are left, in order, as a look at the queue shows them.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> Messages => Peek(0, int.MaxValue);

    /// <summary>Puts a message to be looked at that is due later, however much time passes.</summary>
    public FakeQueue PutScheduled(ServiceBusMessage message) => Put(message, state: ServiceBusMessageState.Scheduled);

    public FakeQueue Put(
        ServiceBusMessage message, DateTimeOffset? enqueuedAt = null, string? reason = null, string? description = null,
        ServiceBusMessageState state = ServiceBusMessageState.Active)
    {
        lock (_gate)
        {
            var entry = new Entry(++_last, message, enqueuedAt ?? time.GetUtcNow(), state);
            if (reason is not null)
            {
                entry.Properties["DeadLetterReason"] = reason;
                entry.Properties["DeadLetterErrorDescription"] = description ?? "";
            }

            _entries.Add(entry.Number, entry);
            _numbers.Add(entry.Number);
            if (state == ServiceBusMessageState.Active)
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
            _last = 0;
        }
    }

    /// <summary>Locks all messages as another receiver would.</summary>
    public void LockAll() => Take(int.MaxValue);

    public IReadOnlyList<ServiceBusReceivedMessage> Take(int most)
    {
        lock (_gate)
        {
            FreeExpired();
            var free = _free.Take(most).Select(number => _entries[number]).ToList();
            foreach (var entry in free)
            {
                entry.Lock(time.GetUtcNow() + LockDuration);
                _locks.Enqueue((entry.LockedUntil, entry));
                _free.Remove(entry.Number);
            }

            return [.. free.Select(entry => entry.Show())];
        }
    }

    public IReadOnlyList<ServiceBusReceivedMessage> Peek(long from, int most)
    {
        lock (_gate)
        {
            return [.. _numbers.GetViewBetween(from, long.MaxValue).Take(most).Select(number => _entries[number].Show())];
        }
    }

    public void Settle(string how, ServiceBusReceivedMessage message)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(message.SequenceNumber, out var entry) || entry.Token != Guid.Parse(message.LockToken) || entry.LockedUntil <= time.GetUtcNow())
            {
                throw new ServiceBusException("The lock is lost.", ServiceBusFailureReason.MessageLockLost);
            }

            if (how == "complete")
            {
                _entries.Remove(entry.Number);
                _numbers.Remove(entry.Number);
            }
            else
            {
                _free.Add(entry.Number);
                BytesGivenBack += MessageBody.BytesOf(message).Length;
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

    // All locks last as long as each other, so they run out in the order in which they were taken.
    void FreeExpired()
    {
        while (_locks.TryPeek(out var taken) && taken.Until <= time.GetUtcNow())
        {
            _locks.Dequeue();
            if (taken.Entry.LockedUntil == taken.Until && _entries.ContainsKey(taken.Entry.Number))
            {
                _free.Add(taken.Entry.Number);
            }
        }
    }

    sealed class Entry(long number, ServiceBusMessage message, DateTimeOffset enqueuedAt, ServiceBusMessageState state)
    {
        int _deliveries;

        public long Number => number;

        public Dictionary<string, object> Properties { get; } = new(message.ApplicationProperties);

        public Guid Token { get; private set; }

        public DateTimeOffset LockedUntil { get; set; }

        public void Lock(DateTimeOffset until) => (Token, LockedUntil, _deliveries) = (Guid.NewGuid(), until, _deliveries + 1);

        public ServiceBusReceivedMessage Show() => Some.Received(
            message, _deliveries, enqueuedAt, number, LockedUntil, Token, state, new Dictionary<string, object>(Properties));
    }
}
