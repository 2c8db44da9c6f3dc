using System.Buffers.Binary;
using Atrium.Local.Emulators.ServiceBus.Queues;
using Atrium.Local.Emulators.ServiceBus.Wire;
using Microsoft.Data.Sqlite;

namespace Atrium.Local.Emulators.ServiceBus.Storage;

/// <summary>The queues on disk. One thread uses it: the commit loop's.</summary>
internal sealed class MessageStore : IDisposable
{
    /// <summary>
    /// Some 50,000 messages of the usual size; more than a burst, less than what would hurt a development machine.
    /// </summary>
    const long CacheBytes = 64 << 20;

    readonly SqliteConnection _connection;
    readonly Dictionary<string, long> _queueIds = new(StringComparer.OrdinalIgnoreCase);
    readonly StoreStatement _add, _alter, _remove, _read, _rewrite, _remember, _forget, _sequence, _clock,
        _lock, _unlock;
    ContentCache _cache = new(CacheBytes);

    public MessageStore(string file)
    {
        _connection = StoreSchema.Open(file);
        _add = new(_connection, "INSERT INTO messages VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)", 10);
        _alter = new(
            _connection,
            "UPDATE messages SET queue = $1, sequence = $2, state = $3, deliveries = $4, enqueued = $5, activates = "
            + "$6, expires = $7 WHERE id = $0", 8);
        _remove = new(_connection, "DELETE FROM messages WHERE id = $0", 1);
        _read = new(_connection, "SELECT content FROM messages WHERE id = $0", 1);
        _rewrite = new(_connection, "UPDATE messages SET content = $1 WHERE id = $0", 2);
        _remember = new(_connection, "INSERT OR REPLACE INTO duplicates VALUES ($0, $1, $2)", 3);
        _forget = new(_connection, "DELETE FROM duplicates WHERE queue = $0 AND at <= $1", 2);
        _sequence = new(_connection, "INSERT OR REPLACE INTO sequences VALUES ($0, $1, $2)", 3);
        _clock = new(_connection, "INSERT OR REPLACE INTO clock VALUES (1, $0, $1, $2)", 3);
        _lock = new(_connection, "INSERT INTO locks VALUES ($0)", 1);
        _unlock = new(_connection, "DELETE FROM locks WHERE message = $0", 1);
    }

    /// <summary>Where the broker's clock was at the last commit; null in a new store.</summary>
    public ClockAnchor? LastClock() => StoreReader.Clock(_connection);

    /// <summary>What is on disk of these queues.</summary>
    public StoredState Load(IReadOnlyCollection<string> queues)
    {
        _cache = new ContentCache(CacheBytes);
        var state = StoreReader.Read(_connection, queues);
        foreach (var (name, queue) in state.Queues)
        {
            _queueIds[name] = queue.Id;
        }

        return state;
    }

    /// <summary>The encoded message, from memory or disk.</summary>
    public byte[] Content(QueuedMessage message) =>
        message.Content
            ?? (byte[])(_read.Scalar(null, message.Id)
            ?? throw new InvalidDataException(
            $"The content of message {message.SequenceNumber} is gone from the store."));

    /// <summary>Writes all of it or nothing, and returns when it is on disk.</summary>
    public void Commit(Journal journal, ClockAnchor clock)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var change in journal.Changes)
        {
            Apply(change, transaction);
        }

        foreach (var message in journal.LocksChanged)
        {
            (message.IsLocked ? _lock : _unlock).Run(transaction, message.Id);
        }

        foreach (var ((queue, partition), last) in journal.Sequences)
        {
            _sequence.Run(transaction, _queueIds[queue], partition, last);
        }

        foreach (var (queue, until) in journal.Forgotten)
        {
            _forget.Run(transaction, _queueIds[queue], until.Ticks);
        }

        _clock.Run(transaction, clock.Moment.Broker.Ticks, clock.Moment.Wall.Ticks, clock.Speed);
        transaction.Commit();
    }

    /// <summary>Closes the file. The connection disposes of its statements.</summary>
    public void Dispose() => _connection.Dispose();

    void Apply(Change change, SqliteTransaction transaction)
    {
        switch (change)
        {
            case Change.Added { Message: var m, Queue: var queue }:
                var content = m.Content!;
                _add.Run(
                    transaction, m.Id, _queueIds[queue], m.SequenceNumber, (int)m.State, m.DeliveryCount,
                    m.EnqueuedAt.Ticks, m.ActivatesAt.Ticks, m.ExpiresAt.Ticks, m.TimeToLive?.Ticks, content);
                _cache.Offer(m, content);
                break;
            case Change.Altered { Message: var m, Queue: var queue }:
                _alter.Run(
                    transaction, m.Id, _queueIds[queue], m.SequenceNumber, (int)m.State, m.DeliveryCount,
                    m.EnqueuedAt.Ticks, m.ActivatesAt.Ticks, m.ExpiresAt.Ticks);
                break;
            case Change.PropertiesSet { Message: var m, Properties: var properties }:
                var changed = ApplicationPropertySection.Merge(
                    m.Content ?? (byte[])_read.Scalar(transaction, m.Id)!, properties);
                _rewrite.Run(transaction, m.Id, changed);
                _cache.Offer(m, changed);
                break;
            case Change.Removed { Message: var m }:
                _remove.Run(transaction, m.Id);
                _cache.Forget(m);
                break;
            case Change.IdRemembered { Queue: var queue, Id: var id, At: var at }:
                var key = new byte[16];
                BinaryPrimitives.WriteUInt128BigEndian(key, id);
                _remember.Run(transaction, _queueIds[queue], at.Ticks, key);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(change), change, "No such change.");
        }
    }
}
