using Microsoft.Data.Sqlite;

namespace Atrium.Local.Emulators.ServiceBus.Storage;

/// <summary>One prepared statement, whose parameters are given by position ($0, $1, ...).</summary>
internal sealed class StoreStatement : IDisposable
{
    readonly SqliteCommand _command;

    public StoreStatement(SqliteConnection connection, string sql, int parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            _command.Parameters.Add(new SqliteParameter($"${i}", DBNull.Value));
        }

        _command.Prepare();
    }

    public void Run(SqliteTransaction? transaction, params ReadOnlySpan<object?> values) =>
        Bind(transaction, values).ExecuteNonQuery();

    public object? Scalar(SqliteTransaction? transaction, params ReadOnlySpan<object?> values) =>
        Bind(transaction, values).ExecuteScalar();

    public void Dispose() => _command.Dispose();

    SqliteCommand Bind(SqliteTransaction? transaction, ReadOnlySpan<object?> values)
    {
        _command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return _command;
    }
}
