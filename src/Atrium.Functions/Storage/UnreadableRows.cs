using System.Collections.Concurrent;
using Azure.Data.Tables;

namespace Atrium.Functions.Storage;

/// <summary>
/// Leaves out rows that cannot be read, since all others must go on, and logs each once: a timer meets it again and
/// again.
/// </summary>
internal sealed partial class UnreadableRows(ILogger<UnreadableRows> logger)
{
    // As many as somebody reads. The rest would fill memory and log if a whole table cannot be read.
    const int MostLogged = 1_000;

    readonly ConcurrentDictionary<(string Table, string Partition, string Row), bool> _logged = [];

    /// <param name="table">The name of their table.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="read">Gives null for a row that cannot be read.</param>
    public IAsyncEnumerable<T> LeaveOut<T>(
        string table, IAsyncEnumerable<TableEntity> rows, Func<TableEntity, T?> read)
        where T : class => rows.Select(row => read(row) ?? LeftOut<T>(table, row)).OfType<T>();

    T? LeftOut<T>(string table, TableEntity row)
        where T : class
    {
        if (_logged.Count < MostLogged && _logged.TryAdd((table, row.PartitionKey, row.RowKey), true))
        {
            Log.LeftOut(logger, table, row.PartitionKey, row.RowKey);
        }

        return null;
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Left out a row of the table {Table}, of the partition {Partition} under the key {Row}: this version of "
            + "the app cannot read it. Deploy the version that wrote it, or remove it")]
        public static partial void LeftOut(ILogger logger, string table, string partition, string row);
    }
}
