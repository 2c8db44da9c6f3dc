using Atrium.Functions.Deliveries;
using Atrium.Functions.Telemetry;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.AttemptHistory;

/// <summary>Drops what is older than <see cref="AttemptTable.Retention"/>, a week's table at a time.</summary>
internal sealed partial class PurgeAttemptsFunction(TableServiceClient tables, TimeProvider time, ILogger<PurgeAttemptsFunction> logger)
{
    /// <summary>Every night at 03:30 UTC. What fails is tried again the next night.</summary>
    [Function("PurgeAttempts")]
    public async Task RunAsync([TimerTrigger("0 30 3 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var expired = new List<string>();
        await foreach (var table in tables.QueryAsync(cancellationToken: cancellationToken))
        {
            if (AttemptTable.IsExpired(table.Name, now))
            {
                expired.Add(table.Name);
            }
        }

        await Separately.DoAsync(
            expired,
            async name =>
            {
                await tables.DeleteTableAsync(name, cancellationToken);
                Log.Dropped(logger, name, AttemptTable.Retention.TotalDays);
            },
            cancellationToken);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Dropped the table {Table}: all its runs began over {RetentionDays} days ago")]
        public static partial void Dropped(ILogger logger, string table, double retentionDays);
    }
}
