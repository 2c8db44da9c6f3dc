using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Atrium.Local.Emulators.ServiceBus.Storage;

/// <summary>Opens the database file for this process alone, and makes its tables.</summary>
internal static class StoreSchema
{
    const long Version = 3;

    /// <summary>
    /// How long another process may take to let go of the file, as one that is just being stopped does.
    /// </summary>
    const int LockWaitSeconds = 1;

    // WAL with FULL: a commit is one write and one fsync, and is on disk when it returns. The exclusive lock keeps a
    // second process out, and ends with this one however it ends. The checkpoint size (pages of 4 KiB) lets a burst of
    // some 16 MiB go by before the log is copied back.
    const string Pragmas = """
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA cache_size = -32768;
        PRAGMA temp_store = MEMORY;
        """;

    // The content is the last column, so that the index of a large store is read without its bodies.
    const string Tables = Sequences + Locks + """
        CREATE TABLE queues (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
        CREATE TABLE messages (
          id INTEGER PRIMARY KEY, queue INTEGER NOT NULL, sequence INTEGER NOT NULL, state INTEGER NOT NULL,
          deliveries INTEGER NOT NULL,
          enqueued INTEGER NOT NULL, activates INTEGER NOT NULL, expires INTEGER NOT NULL, time_to_live INTEGER,
          content BLOB NOT NULL);
        CREATE TABLE duplicates (
          queue INTEGER NOT NULL, at INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (queue, at, id)) WITHOUT ROWID;
        CREATE TABLE clock (
          id INTEGER PRIMARY KEY CHECK (id = 1), broker INTEGER NOT NULL, wall INTEGER NOT NULL, speed REAL NOT NULL);
        """;

    /// <summary>The last number that each partition has given.</summary>
    const string Sequences = """
        CREATE TABLE sequences (
          queue INTEGER NOT NULL, partition INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (queue, partition))
          WITHOUT ROWID;

        """;

    /// <summary>The messages that somebody holds.</summary>
    const string Locks = """
        CREATE TABLE locks (message INTEGER PRIMARY KEY);

        """;

    /// <summary>From version 1, where each queue had one counter.</summary>
    const string OneCounter = Sequences + """
        INSERT INTO sequences SELECT id, 0, last_sequence FROM queues;
        ALTER TABLE queues DROP COLUMN last_sequence;

        """;

    /// <summary>What makes the tables out of those of each version, from 0, where there are none.</summary>
    static readonly string[] Upgrades = [Tables, OneCounter + Locks, Locks];

    public static SqliteConnection Open(string file)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
        // What SQLite makes beside it has its mode. An earlier version may have left others.
        PrivateFiles.CreateEmpty(file);
        foreach (var beside in new[] { $"{file}-wal", $"{file}-shm" }.Where(File.Exists))
        {
            PrivateFiles.CreateEmpty(beside);
        }

        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Pooling = false,
                DefaultTimeout = LockWaitSeconds
            }.ToString());
        try
        {
            connection.Open();
            Execute(connection, Pragmas);
            Create(connection, file);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    static void Create(SqliteConnection connection, string file)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = (long)command.ExecuteScalar()!;
        if (version is >= 0 and < Version)
        {
            Execute(
                connection,
                Upgrades[version] + string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version};"));
        }
        else if (version != Version)
        {
            throw new EmulatorStartException(
                $"The Service Bus emulator cannot use '{file}', which another version made (format {version}, this one "
                    + $"has {Version}): move the file away to start with empty queues.");
        }

        transaction.Commit();
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
