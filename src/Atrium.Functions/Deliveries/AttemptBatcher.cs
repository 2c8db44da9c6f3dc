using Azure.Data.Tables;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Writes attempts in groups: while one transaction of a partition is under way, the attempts that finish meanwhile
/// gather and go out together in the next.
/// </summary>
internal sealed class AttemptBatcher(TableServiceClient tables)
{
    /// <summary>Two rows each; a transaction of Table Storage takes a hundred.</summary>
    public const int MaxAttempts = 50;

    readonly Lock _gate = new();
    readonly Dictionary<(string Table, string Partition), Queue<PendingAttempt>> _waiting = [];

    /// <returns>What stands in the log now; see <see cref="AttemptLog.RecordAsync"/>.</returns>
    public Task<AttemptRecord> AddAsync(AttemptRecord record)
    {
        var pending = new PendingAttempt(record);
        var key =
            (AttemptTable.Name(record.RunStartedAt), AttemptTable.Partition(record.Tenant, record.SubscriptionId));
        lock (_gate)
        {
            if (_waiting.TryGetValue(key, out var waiting))
            {
                waiting.Enqueue(pending);
                return pending.Stored;
            }

            _waiting[key] = new([pending]);
        }

        // Not awaited: it reports through the pending attempts, to whom each belongs.
        _ = WriteUntilNoneWaitsAsync(key);
        return pending.Stored;
    }

    async Task WriteUntilNoneWaitsAsync((string Table, string Partition) key)
    {
        var transaction = new AttemptTransaction(tables.GetTableClient(key.Table));
        while (Take(key) is { Count: > 0 } batch)
        {
            await transaction.WriteAsync(batch);
        }
    }

    List<PendingAttempt> Take((string Table, string Partition) key)
    {
        lock (_gate)
        {
            var waiting = _waiting[key];
            var batch = new List<PendingAttempt>();
            // A transaction may not name a row twice: the same attempt, made by two holders of one message, goes into
            // the next.
            while (batch.Count < MaxAttempts && waiting.TryPeek(out var next) && !batch.Any(next.IsSameAttempt))
            {
                batch.Add(waiting.Dequeue());
            }

            if (batch.Count == 0)
            {
                _waiting.Remove(key);
            }

            return batch;
        }
    }
}
