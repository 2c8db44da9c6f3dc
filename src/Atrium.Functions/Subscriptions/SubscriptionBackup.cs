using System.Globalization;
using Atrium.Functions.Storage;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Keeps what the table <c>Subscriptions</c> holds as a blob a day, a line of JSON for each row, since Table Storage
/// keeps nothing that was deleted. Of secrets there are the names only, by which the vault finds them.
/// </summary>
internal sealed partial class SubscriptionBackup(
    TableServiceClient tables, BackupContainer container, RestoreMark mark, TimeProvider time,
    ILogger<SubscriptionBackup> logger)
{
    const int BufferSize = 64 * 1024;

    /// <summary>Which rows a backup has: not those of keys, or of sessions.</summary>
    public static readonly string OfSubscriptions = TableClient.CreateQueryFilter(
        $"RowKey ge {SubscriptionId.Prefix} and RowKey lt {SubscriptionId.AfterPrefix}");

    readonly TableGateway _table = SubscriptionStore.TableOf(tables);

    /// <summary>
    /// Writes today's, by UTC, unless it is there, or there is nowhere to keep it. It can be repeated.
    /// </summary>
    /// <exception cref="Azure.RequestFailedException">The table or the blobs failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var blob = container.Of(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        if (blob is null || await blob.ExistsAsync(cancellationToken))
        {
            return;
        }

        // What is being restored is not whole, and there is one backup a day.
        await mark.ThrowIfSetAsync(cancellationToken);
        // On the disk first: a blob that is written while the table is read would be there, and not whole, if that
        // fails.
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, BufferSize,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        var rows = 0;
        await foreach (var row in _table.QueryAsync(OfSubscriptions, null, cancellationToken))
        {
            await file.WriteAsync(BackupLine.Of(row), cancellationToken);
            rows++;
        }

        file.Position = 0;
        await blob.UploadAsync(file, overwrite: true, cancellationToken);
        Log.Written(logger, rows);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Backup of the subscriptions written: {Count}")]
        public static partial void Written(ILogger logger, int count);
    }
}

/// <summary>Where backups are kept.</summary>
/// <param name="Blobs">Null where no container is set: locally there is none.</param>
internal sealed record BackupContainer(BlobContainerClient? Blobs)
{
    /// <summary>The backup of a day, by UTC, whether it is there or not.</summary>
    public BlobClient? Of(DateOnly day) =>
        Blobs?.GetBlobClient(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}.jsonl"));
}
