using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// The file that holds the secrets, and the only code that speaks SQL to it. One connection, one caller at a time: a
/// vault for development is not busy, and a statement takes about as long as its write to the disk.
/// </summary>
internal sealed class VaultDatabase : IDisposable
{
    // synchronous=FULL: a set that was answered survives even a power cut.
    const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        CREATE TABLE IF NOT EXISTS secrets (
            name TEXT PRIMARY KEY COLLATE NOCASE,
            deleted_at INTEGER NULL);
        CREATE TABLE IF NOT EXISTS versions (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL COLLATE NOCASE REFERENCES secrets (name) ON DELETE CASCADE,
            version TEXT NOT NULL UNIQUE,
            value TEXT NOT NULL,
            content_type TEXT NULL,
            tags TEXT NULL,
            enabled INTEGER NOT NULL,
            not_before INTEGER NULL,
            expires INTEGER NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS versions_by_name ON versions (name, sequence);
        """;

    readonly SqliteConnection connection;
    readonly Lock gate = new();

    public VaultDatabase(string path)
    {
        PrivateFiles.CreateEmpty(path);
        connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute(Schema);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs one act: alone, and all or nothing.</summary>
    public T InTransaction<T>(Func<T> act)
    {
        lock (gate)
        {
            using var transaction = connection.BeginTransaction();
            var result = act();
            transaction.Commit();
            return result;
        }
    }

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    public List<T> Query<T>(
        string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public static SecretVersion ReadVersion(SqliteDataReader row) => new()
    {
        Sequence = row.GetInt64(row.GetOrdinal("sequence")),
        Name = row.GetString(row.GetOrdinal("name")),
        Version = row.GetString(row.GetOrdinal("version")),
        Value = row.GetString(row.GetOrdinal("value")),
        ContentType = row["content_type"] as string,
        Tags = row["tags"] is string tags ? JsonSerializer.Deserialize<Dictionary<string, string>>(tags) : null,
        Enabled = row.GetInt64(row.GetOrdinal("enabled")) != 0,
        NotBefore = row["not_before"] as long?,
        Expires = row["expires"] as long?,
        Created = row.GetInt64(row.GetOrdinal("created")),
        Updated = row.GetInt64(row.GetOrdinal("updated")),
    };

    public void Dispose() => connection.Dispose();

    SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
