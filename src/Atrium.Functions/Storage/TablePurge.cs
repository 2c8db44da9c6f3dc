using Atrium.Functions.Telemetry;
using Azure.Data.Tables;

namespace Atrium.Functions.Storage;

/// <summary>
/// Drops the weeks' tables whose rows have all been kept for their time. Who has such tables registers them.
/// </summary>
internal sealed partial class TablePurge(
    IEnumerable<WeeklyTables> kept, TableServiceClient tables, TimeProvider time, ILogger<TablePurge> logger)
{
    /// <summary>Drops what has expired. A run that finds nothing does nothing.</summary>
    /// <exception cref="AggregateException">Some could not be dropped; the others are.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var there = await tables.QueryAsync(cancellationToken: cancellationToken)
            .Select(table => table.Name)
            .ToListAsync(cancellationToken);
        var failures = new FailureCollector(cancellationToken);
        foreach (var weeks in kept)
        {
            foreach (var name in there.Where(name => weeks.IsExpired(name, now)))
            {
                await failures.TryAsync(name, async () =>
                {
                    await tables.DeleteTableAsync(name, cancellationToken);
                    Log.Dropped(logger, name, weeks.KeptFor.TotalDays);
                });
            }
        }

        failures.Complete();
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Dropped the table {Table}: all its rows were written over {RetentionDays} days ago")]
        public static partial void Dropped(ILogger logger, string table, double retentionDays);
    }
}
