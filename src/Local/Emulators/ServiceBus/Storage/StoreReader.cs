using System.Buffers.Binary;
using Atrium.Local.Emulators.ServiceBus.Queues;
using Microsoft.Data.Sqlite;

namespace Atrium.Local.Emulators.ServiceBus.Storage;

/// <summary>Reads everything but the contents; one pass over each table, however many queues there are.</summary>
internal static class StoreReader
{
    public static ClockAnchor? Clock(SqliteConnection connection) =>
        Rows(connection, "SELECT broker, wall, speed FROM clock")
            .Select(row => new ClockAnchor(
                new Moment(new BrokerTime(row.GetInt64(0)), new DateTime(row.GetInt64(1), DateTimeKind.Utc)),
                row.GetDouble(2)))
            .FirstOrDefault();

    /// <summary>
    /// The state of these queues, new ones among them. Others, no longer declared, stay on disk as they are.
    /// </summary>
    public static StoredState Read(SqliteConnection connection, IReadOnlyCollection<string> names)
    {
        Declare(connection, names);
        var all = new Dictionary<long, (string Name, StoredQueue Queue)>();
        foreach (var row in Rows(connection, "SELECT id, name FROM queues"))
        {
            all.Add(row.GetInt64(0), (row.GetString(1), new StoredQueue(row.GetInt64(0))));
        }

        foreach (var row in Rows(connection, "SELECT queue, last FROM sequences"))
        {
            all[row.GetInt64(0)].Queue.LastSequenceNumbers.Add(row.GetInt64(1));
        }

        var lastId = 0L;
        foreach (var row in Rows(
            connection,
            "SELECT id, queue, sequence, state, deliveries, enqueued, activates, expires, time_to_live, "
                + "length(content) FROM messages"))
        {
            lastId = Math.Max(lastId, row.GetInt64(0));
            all[row.GetInt64(1)].Queue.Messages.Add(Message(row));
        }

        foreach (var row in Rows(connection, "SELECT queue, at, id FROM duplicates ORDER BY queue, at"))
        {
            all[row.GetInt64(0)].Queue.Ids.Add(
                (BinaryPrimitives.ReadUInt128BigEndian(row.GetFieldValue<byte[]>(2)), new BrokerTime(row.GetInt64(1))));
        }

        var declared = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new StoredState(
            lastId,
            Rows(connection, "SELECT message FROM locks").Select(row => row.GetInt64(0)).ToHashSet(),
            all.Values.Where(q => declared.Contains(q.Name))
            .ToDictionary(q => q.Name, q => q.Queue, StringComparer.OrdinalIgnoreCase));
    }

    static void Declare(SqliteConnection connection, IEnumerable<string> names)
    {
        using var add = new StoreStatement(
            connection, "INSERT OR IGNORE INTO queues (name) VALUES ($0)", 1);
        foreach (var name in names)
        {
            add.Run(null, name);
        }
    }

    static QueuedMessage Message(SqliteDataReader row) => new(row.GetInt64(0))
    {
        SequenceNumber = row.GetInt64(2),
        State = (MessageState)row.GetInt32(3),
        DeliveryCount = row.GetInt32(4),
        EnqueuedAt = new DateTime(row.GetInt64(5), DateTimeKind.Utc),
        ActivatesAt = new BrokerTime(row.GetInt64(6)),
        ExpiresAt = new BrokerTime(row.GetInt64(7)),
        TimeToLive = row.IsDBNull(8) ? null : new TimeSpan(row.GetInt64(8)),
        Bytes = row.GetInt32(9),
    };

    static IEnumerable<SqliteDataReader> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return reader;
        }
    }
}
