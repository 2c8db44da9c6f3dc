using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Atrium.Functions.Storage;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Keeps what the table <c>Subscriptions</c> holds as a blob a day, a line of JSON for each row, since Table Storage
/// keeps nothing that was deleted. Of secrets there are the names only, by which the vault finds them.
/// </summary>
/// <remarks>All methods throw what the table or the blobs throw, and can be repeated.</remarks>
internal sealed partial class SubscriptionBackup(
    TableServiceClient tables, BackupContainer container, RestoreMark mark, TimeProvider time,
    ILogger<SubscriptionBackup> logger)
{
    /// <summary>
    /// Tenants whose rows a restore adds at the same time. Table Storage takes 2,000 rows a second in a partition
    /// (https://learn.microsoft.com/azure/storage/tables/scalability-targets); one after the other takes so long that
    /// the load balancer ends the call, after 230 s, with some ten thousand.
    /// </summary>
    public const int MaxAtOnce = 16;

    const int BufferSize = 64 * 1024;

    // Of a transaction. A tenant has a fifth of it.
    const int MaxRows = 100;

    // Not those of keys, or of sessions: a backup has none of them.
    static readonly string OfSubscriptions = TableClient.CreateQueryFilter(
        $"RowKey ge {SubscriptionId.Prefix} and RowKey lt {SubscriptionId.AfterPrefix}");

    static readonly string[] Keys = [nameof(TableEntity.PartitionKey), nameof(TableEntity.RowKey)];

    readonly TableGateway _table = SubscriptionStore.TableOf(tables);

    /// <summary>Whether there is somewhere to keep it: locally there is not.</summary>
    public bool IsKept => container.Blobs is not null;

    /// <summary>Writes today's, by UTC, unless it is there.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!IsKept)
        {
            return;
        }

        var blob = BlobOf(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        if (await blob.ExistsAsync(cancellationToken))
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

    /// <summary>
    /// Brings back what the table does not have, the table too when it was lost. What it has stays as it is. A line
    /// that cannot be read is left out. If it is cut off, the next one goes on, and until then what is missing counts
    /// as not known.
    /// </summary>
    /// <returns>Null when there is no backup of that day.</returns>
    public async Task<RestoredSubscriptions?> RestoreAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var blob = BlobOf(day);
        if (!await blob.ExistsAsync(cancellationToken))
        {
            return null;
        }

        if (!await IsThereAsync(cancellationToken))
        {
            await mark.SetAsync(cancellationToken);
            await tables.GetTableClient(SubscriptionStore.TableName).CreateIfNotExistsAsync(cancellationToken);
        }

        var there = await _table.QueryAsync(OfSubscriptions, null, cancellationToken, Keys)
            .Select(KeyOf).ToHashSetAsync(cancellationToken: cancellationToken);
        var (restored, kept) = (0, 0);
        var unreadable = new List<int>();
        using var reader = new StreamReader(await blob.OpenReadAsync(cancellationToken: cancellationToken));
        var work = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(OfTenantsAsync(), work, async (rows, token) =>
        {
            var added = await AddAsync(rows, token);
            Interlocked.Add(ref restored, added);
            Interlocked.Add(ref kept, rows.Count - added);
        });
        await mark.EndAsync(cancellationToken);

        if (unreadable is [var first, ..])
        {
            Log.Unreadable(logger, day, unreadable.Count, first);
        }

        Log.Restored(logger, day, restored, kept);
        return new RestoredSubscriptions(restored, kept, unreadable.Count);

        // What is written one after the other of a tenant is in one transaction: nobody sees a part of its rows.
        async IAsyncEnumerable<IReadOnlyList<TableEntity>> OfTenantsAsync()
        {
            List<TableEntity> rows = [];
            await foreach (var row in MissingAsync())
            {
                if (rows is [var first, ..] && (first.PartitionKey != row.PartitionKey || rows.Count == MaxRows))
                {
                    yield return rows;
                    rows = [];
                }

                rows.Add(row);
            }

            if (rows.Count > 0)
            {
                yield return rows;
            }
        }

        async IAsyncEnumerable<TableEntity> MissingAsync()
        {
            for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
            {
                if (BackupLine.TryRow(line) is not { } row)
                {
                    unreadable.Add(number);
                }
                else if (!there.Add(KeyOf(row)))
                {
                    Interlocked.Increment(ref kept);
                }
                else
                {
                    yield return row;
                }
            }
        }
    }

    // Without those that somebody has added meanwhile.
    async Task<int> AddAsync(IReadOnlyList<TableEntity> rows, CancellationToken cancellationToken)
    {
        var missing = rows.ToList();
        while (missing.Count > 0 && await _table.AddAsync(missing, cancellationToken) is { } there)
        {
            missing.RemoveAt(there);
        }

        return missing.Count;
    }

    async Task<bool> IsThereAsync(CancellationToken cancellationToken) =>
        await tables.QueryAsync(cancellationToken: cancellationToken)
            .AnyAsync(table => table.Name == SubscriptionStore.TableName, cancellationToken);

    static (string Tenant, string Id) KeyOf(TableEntity row) => (row.PartitionKey, row.RowKey);

    BlobClient BlobOf(DateOnly day) =>
        container.Blobs!.GetBlobClient(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}.jsonl"));

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Backup of the subscriptions written: {Count}")]
        public static partial void Written(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Warning,
            "Subscriptions restored from the backup of {Day}: {Restored} came back, {Kept} were there")]
        public static partial void Restored(ILogger logger, DateOnly day, int restored, int kept);

        [LoggerMessage(3, LogLevel.Warning,
            "Lines of the backup of {Day} that cannot be read: {Count}, the first is line {Line}. They were left out; "
            + "all others were restored")]
        public static partial void Unreadable(ILogger logger, DateOnly day, int count, int line);
    }
}

/// <summary>Where backups are kept.</summary>
/// <param name="Blobs">Null where no container is set.</param>
internal sealed record BackupContainer(BlobContainerClient? Blobs);

/// <summary>What a restore has done.</summary>
/// <param name="Restored">How many subscriptions came back.</param>
/// <param name="Kept">How many were there, and stay as they are.</param>
/// <param name="Unreadable">How many lines of the backup could not be read, and were left out.</param>
internal sealed record RestoredSubscriptions(int Restored, int Kept, int Unreadable);

/// <summary>
/// A line of a backup: a row with its cells and their types, by the names of the table's own protocol.
/// </summary>
internal static class BackupLine
{
    static readonly byte[] NewLine = [(byte)'\n'];

    public static byte[] Of(TableEntity row)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            // The service writes these two itself.
            foreach (var (name, value) in row.Where(
                cell => cell.Key is not (nameof(row.Timestamp) or "odata.etag" or TableGateway.Mark)))
            {
                json.WriteStartArray(name);
                json.WriteStringValue(Edm.TypeOf(value));
                json.WriteStringValue(Edm.Write(value));
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        line.Write(NewLine);
        return line.WrittenSpan.ToArray();
    }

    /// <summary>The row of a line. Null when the line is not whole, or was changed by hand into none.</summary>
    public static TableEntity? TryRow(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = new TableEntity();
            foreach (var cell in json.RootElement.EnumerateObject())
            {
                row[cell.Name] = Edm.Read(cell.Value[0].GetString()!, cell.Value[1].GetString()!);
            }

            return row is { PartitionKey: not null, RowKey: not null } ? row : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or InvalidDataException
            or InvalidOperationException or IndexOutOfRangeException or ArgumentNullException)
        {
            return null;
        }
    }
}

/// <summary>
/// The types that a cell can have, as text
/// (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model).
/// </summary>
internal static class Edm
{
    public static string TypeOf(object value) => value switch
    {
        string => "Edm.String",
        bool => "Edm.Boolean",
        int => "Edm.Int32",
        long => "Edm.Int64",
        double => "Edm.Double",
        Guid => "Edm.Guid",
        DateTimeOffset or DateTime => "Edm.DateTime",
        byte[] or BinaryData => "Edm.Binary",
        _ => throw new InvalidDataException($"A cell of a table cannot be a {value.GetType()}."),
    };

    public static string Write(object value) => value switch
    {
        DateTimeOffset at => at.ToString("O", CultureInfo.InvariantCulture),
        DateTime at => at.ToString("O", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        BinaryData bytes => Convert.ToBase64String(bytes.ToMemory().Span),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    public static object Read(string type, string text) => type switch
    {
        "Edm.String" => text,
        "Edm.Boolean" => bool.Parse(text),
        "Edm.Int32" => int.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Int64" => long.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Double" => double.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Guid" => Guid.Parse(text),
        "Edm.DateTime" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        "Edm.Binary" => Convert.FromBase64String(text),
        _ => throw new InvalidDataException($"The backup has a cell of a type that no table has: {type}."),
    };
}
