using Atrium.Functions.Telemetry;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Events;

/// <summary>Drops the keys of events that have had their time, a week's table at a time.</summary>
internal sealed partial class PurgeEventKeysFunction(
    TableServiceClient tables, TimeProvider time, ILogger<PurgeEventKeysFunction> logger)
{
    /// <summary>Every night at 03:15 UTC. What fails is tried again the next night.</summary>
    [Function("PurgeEventKeys")]
    public async Task RunAsync([TimerTrigger("0 15 3 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var expired = await tables.QueryAsync(cancellationToken: cancellationToken)
            .Select(table => table.Name)
            .Where(name => EventKeyTable.IsExpired(name, now))
            .ToListAsync(cancellationToken);
        await Separately.DoAsync(
            expired,
            async name =>
            {
                await tables.DeleteTableAsync(name, cancellationToken);
                Log.Dropped(logger, name, EventKeys.KeptFor.TotalHours);
            },
            cancellationToken);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Dropped the table {Table}: its keys came over {KeptHours} hours ago")]
        public static partial void Dropped(ILogger logger, string table, double keptHours);
    }
}
