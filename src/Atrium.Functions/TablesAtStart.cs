using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs.Models;

namespace Atrium.Functions;

/// <summary>
/// Makes the tables that are always there, so that no request of an admin has to. Tables of a week are made with their
/// first row, and so is the index when somebody removes it. Without the table of the subscriptions, deliveries wait as
/// in an outage, and an empty one would end them all: it is made only before that of the jobs, which is made nowhere
/// else, and not when there is a backup, since then the whole account was lost.
/// </summary>
internal sealed partial class TablesAtStart(
    TableServiceClient tables, BackupContainer backups, TimeProvider time, ILogger<TablesAtStart> logger)
    : BackgroundService
{
    /// <summary>How long it waits when the tables fail.</summary>
    public static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryAsync(stoppingToken))
        {
            await Task.Delay(BetweenTries, time, stoppingToken);
        }
    }

    async Task<bool> TryAsync(CancellationToken stopping)
    {
        try
        {
            var there = await tables.QueryAsync(cancellationToken: stopping).Select(table => table.Name)
                .ToHashSetAsync(cancellationToken: stopping);
            if (!there.Contains(SubscriptionStore.TableName))
            {
                // It is made before that of the jobs. If only the other is there, it was there as well.
                if (there.Contains(JobStore.TableName) || await HasBackupAsync(stopping))
                {
                    Log.Lost(logger);
                }
                else
                {
                    await tables.GetTableClient(SubscriptionStore.TableName).CreateIfNotExistsAsync(stopping);
                }
            }

            await tables.GetTableClient(JobStore.TableName).CreateIfNotExistsAsync(stopping);
            await tables.GetTableClient(DeadLetterIndex.TableName).CreateIfNotExistsAsync(stopping);
            return true;
        }
        catch (Exception e) when (Outage.IsOne(e, stopping))
        {
            // Logged as an outage.
            return false;
        }
    }

    // Of subscriptions: that of an app without any is empty.
    async Task<bool> HasBackupAsync(CancellationToken stopping)
    {
        try
        {
            return backups.Blobs is { } container
                && await container.GetBlobsAsync(cancellationToken: stopping)
                    .AnyAsync(blob => blob.Properties.ContentLength > 0, stopping);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return false;
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "The table Subscriptions is missing, and was there before. Events and deliveries wait, and what is parked "
            + "stays parked. Restore it from a backup")]
        public static partial void Lost(ILogger logger);
    }
}
