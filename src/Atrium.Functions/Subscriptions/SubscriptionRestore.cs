using System.Runtime.CompilerServices;
using Atrium.Functions.Storage;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Brings back what the table <c>Subscriptions</c> does not have, the table too when it was lost. What it has stays as
/// it is.
/// </summary>
/// <param name="tables">Where the table is.</param>
/// <param name="container">Where the backups are.</param>
/// <param name="mark">Says meanwhile that the table is not whole.</param>
/// <param name="logger">The log of <see cref="SubscriptionBackup"/>: whoever looks for these lines finds them
/// there.</param>
internal sealed partial class SubscriptionRestore(
    TableServiceClient tables, BackupContainer container, RestoreMark mark, ILogger<SubscriptionBackup> logger)
{
    /// <summary>
    /// Tenants whose rows a restore adds at the same time. Table Storage takes 2,000 rows a second in a partition
    /// (https://learn.microsoft.com/azure/storage/tables/scalability-targets); one after the other takes so long that
    /// the load balancer ends the call, after 230 s, with some ten thousand.
    /// </summary>
    public const int MaxAtOnce = 16;

    static readonly string[] Keys = [nameof(TableEntity.PartitionKey), nameof(TableEntity.RowKey)];

    readonly TableGateway _table = SubscriptionStore.TableOf(tables);

    /// <summary>Whether there can be backups: locally there are none.</summary>
    public bool IsPossible => container.Blobs is not null;

    /// <summary>
    /// Brings back what a day's backup has. A line that cannot be read is left out. If it is cut off, the next one goes
    /// on, and until then what is missing counts as not known.
    /// </summary>
    /// <returns>Null when there is no backup of that day.</returns>
    /// <exception cref="Azure.RequestFailedException">The table or the blobs failed; it can be repeated.</exception>
    public async Task<RestoredSubscriptions?> RunAsync(DateOnly day, CancellationToken cancellationToken)
    {
        if (container.Of(day) is not { } blob || !await blob.ExistsAsync(cancellationToken))
        {
            return null;
        }

        if (!await IsThereAsync(cancellationToken))
        {
            await mark.SetAsync(cancellationToken);
            await tables.GetTableClient(SubscriptionStore.TableName).CreateIfNotExistsAsync(cancellationToken);
        }

        var there = await _table.QueryAsync(SubscriptionBackup.OfSubscriptions, null, cancellationToken, Keys)
            .Select(MissingRows.KeyOf).ToHashSetAsync(cancellationToken: cancellationToken);
        using var lines = new StreamReader(await blob.OpenReadAsync(cancellationToken: cancellationToken));
        var missing = new MissingRows(lines, there);
        var (restored, addedMeanwhile) = (0, 0);
        // Before the first row: if it is cut off, the next one may find nothing missing.
        var noted = new Lazy<Task>(() => mark.NoteAsync(cancellationToken));
        var work = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing.ByTenantAsync(cancellationToken), work, async (rows, token) =>
        {
            await noted.Value;
            var added = await AddAsync(rows, token);
            Interlocked.Add(ref restored, added);
            Interlocked.Add(ref addedMeanwhile, rows.Count - added);
        });
        await mark.EndAsync(restored, cancellationToken);

        if (missing.Unreadable is [var first, ..])
        {
            Log.Unreadable(logger, day, missing.Unreadable.Count, first);
        }

        var kept = missing.Kept + addedMeanwhile;
        Log.Restored(logger, day, restored, kept);
        return new RestoredSubscriptions(restored, kept, missing.Unreadable.Count);
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

    static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning,
            "Subscriptions restored from the backup of {Day}: {Restored} came back, {Kept} were there")]
        public static partial void Restored(ILogger logger, DateOnly day, int restored, int kept);

        [LoggerMessage(3, LogLevel.Warning,
            "Lines of the backup of {Day} that cannot be read: {Count}, the first is line {Line}. They were left out; "
            + "all others were restored")]
        public static partial void Unreadable(ILogger logger, DateOnly day, int count, int line);
    }
}

/// <summary>What a restore has done.</summary>
/// <param name="Restored">How many subscriptions came back.</param>
/// <param name="Kept">How many were there, and stay as they are.</param>
/// <param name="Unreadable">How many lines of the backup could not be read, and were left out.</param>
internal sealed record RestoredSubscriptions(int Restored, int Kept, int Unreadable);

/// <summary>The rows of a backup that a table does not have. They are read once.</summary>
/// <param name="lines">The backup.</param>
/// <param name="there">The keys that the table has; those of rows that are read are added.</param>
internal sealed class MissingRows(TextReader lines, HashSet<(string Tenant, string Id)> there)
{
    // Rows of a transaction; a tenant has 20 at most.
    const int MaxRows = 100;

    readonly List<int> _unreadable = [];

    /// <summary>How many rows of the backup were there.</summary>
    public int Kept { get; private set; }

    /// <summary>The numbers of the lines that could not be read.</summary>
    public IReadOnlyList<int> Unreadable => _unreadable;

    /// <summary>By what a row is known.</summary>
    public static (string Tenant, string Id) KeyOf(TableEntity row) => (row.PartitionKey, row.RowKey);

    /// <summary>
    /// The rows that go in one transaction: those that are written one after the other of a tenant, so that nobody sees
    /// a part of them.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<TableEntity>> ByTenantAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<TableEntity> rows = [];
        await foreach (var row in ReadAsync(cancellationToken))
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

    async IAsyncEnumerable<TableEntity> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 1; await lines.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (BackupLine.TryRow(line) is not { } row)
            {
                _unreadable.Add(number);
            }
            else if (!there.Add(KeyOf(row)))
            {
                Kept++;
            }
            else
            {
                yield return row;
            }
        }
    }
}
