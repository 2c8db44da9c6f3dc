using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// The record of every attempt. A record is never overwritten: a second insert takes the existing one.
/// </summary>
internal sealed class AttemptLog(TableServiceClient tables, AttemptBatcher batcher, TimeProvider time)
{
    /// <summary>All attempts of a delivery, of every run.</summary>
    /// <exception cref="RequestFailedException">The tables could not be read.</exception>
    public Task<IReadOnlyCollection<AttemptRecord>> ReadAsync(
        DeliveryMessage delivery, CancellationToken cancellationToken) => ReadAsync(
        AttemptTable.Names(delivery.AcceptedAt, delivery.RunStartedAt, time.GetUtcNow()),
        AttemptTable.Partition(delivery.Tenant, delivery.SubscriptionId),
        delivery.DeliveryId,
        cancellationToken);

    /// <summary>All attempts of a delivery that are kept, of every run.</summary>
    /// <exception cref="RequestFailedException">The tables could not be read.</exception>
    public Task<IReadOnlyCollection<AttemptRecord>> ReadAsync(
        string tenant, string subscriptionId, string deliveryId, CancellationToken cancellationToken) =>
        ReadAsync(
            AttemptTable.NamesSince(DateTimeOffset.MinValue, time.GetUtcNow()),
            AttemptTable.Partition(tenant, subscriptionId), deliveryId, cancellationToken);

    /// <summary>
    /// Records an attempt. If an earlier run has rows under the numbers of this one, it becomes a run of its own.
    /// </summary>
    /// <returns>What the log has now: the given record, maybe of another run, or an earlier one.</returns>
    /// <exception cref="OutcomeNotRecordedException">The tables did not take it.</exception>
    public async Task<AttemptRecord> RecordAsync(DeliveryMessage message, AttemptRecord record)
    {
        try
        {
            var stored = await batcher.AddAsync(record);
            while (DeliveryHistory.IsOfEarlierRun(message, stored))
            {
                var rows = await ReadAsync(message, CancellationToken.None);
                stored = DeliveryHistory.Of(message, rows) is DeliveryHistory.Recorded(var own)
                    ? own
                    : await batcher.AddAsync(record with { Run = rows.Max(row => row.Run) + 1 });
            }

            return stored;
        }
        catch (Exception e) when (Outage.IsOne(e, CancellationToken.None))
        {
            throw new OutcomeNotRecordedException(record, e);
        }
    }

    async Task<IReadOnlyCollection<AttemptRecord>> ReadAsync(
        IReadOnlyList<string> names, string partition, string deliveryId, CancellationToken cancellationToken)
    {
        var records = new List<AttemptRecord>();
        var filter = AttemptTable.OfDelivery(partition, deliveryId);
        foreach (var name in names)
        {
            var rows = new TableGateway(tables, name).QueryAsync(filter, null, cancellationToken);
            records.AddRange(await rows.Select(AttemptEntity.ToRecord).ToListAsync(cancellationToken));
        }

        return records;
    }
}

/// <summary>What a delivery's rows say about a message that may have been acted on before. Pure.</summary>
internal abstract record DeliveryHistory
{
    /// <summary>The attempt is still to be made.</summary>
    internal sealed record NotAttempted : DeliveryHistory;

    /// <summary>The attempt was made and recorded; only its settlement is missing.</summary>
    internal sealed record Recorded(AttemptRecord Record) : DeliveryHistory;

    /// <summary>
    /// The delivery has succeeded since its event was published, or has gone on to a later attempt or a newer run: this
    /// message has nothing left to do.
    /// </summary>
    /// <param name="DeliveredAt">When the attempt began that succeeded; null if none has.</param>
    internal sealed record Over(DateTimeOffset? DeliveredAt) : DeliveryHistory;

    /// <summary>More than clocks may differ by, and less than an hour.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    public static DeliveryHistory Of(DeliveryMessage message, IReadOnlyCollection<AttemptRecord> rows)
    {
        var delivered = rows.FirstOrDefault(row => row.IsSuccessSince(message.AcceptedAt));
        var ours = rows.Where(row => !IsOfEarlierRun(message, row)).ToLookup(IsOfRun);
        if (delivered is not null
            || ours[true].Any(row => row.Attempt > message.Attempt) || ours[false].Any(row => row.Run > message.Run))
        {
            return new Over(delivered?.StartedAt);
        }

        return ours[true].FirstOrDefault(row => row.Attempt == message.Attempt) is { } record
            ? new Recorded(record)
            : new NotAttempted();

        // A run that found its number taken is on record under another.
        bool IsOfRun(AttemptRecord row) => row.Run == message.Run || row.RunStartedAt == message.RunStartedAt;
    }

    /// <summary>
    /// Whether a row belongs to a run that began before this one, whatever its number. An event that is published again
    /// after an hour begins at run 1 again, and each of its dead letters counts replays from its own run on.
    /// </summary>
    public static bool IsOfEarlierRun(DeliveryMessage message, AttemptRecord row) =>
        row.RunStartedAt < message.RunStartedAt - Margin;
}

/// <summary>
/// The tables did not take the record of an attempt. The record travels in the message, so that the request is not
/// repeated.
/// </summary>
internal sealed class OutcomeNotRecordedException(AttemptRecord record, Exception inner)
    : Exception(
        $"The outcome of attempt {record.Attempt} of {record.DeliveryId} could not be recorded (request made: "
            + $"{record.WasRequested}): {inner.Message}",
        inner)
{
    public AttemptRecord Record { get; } = record;
}

/// <summary>
/// Writes attempts in groups: attempts that finish while a transaction of their partition is under way are written
/// together in the next one.
/// </summary>
internal sealed class AttemptBatcher(TableServiceClient tables)
{
    /// <summary>Two rows each; a transaction of Table Storage takes a hundred.</summary>
    public const int MaxAttempts = 50;

    readonly Lock _lock = new();
    readonly Dictionary<(string Table, string Partition), Queue<PendingAttempt>> _waiting = [];

    /// <returns>What the log has now: the given record, or an earlier one.</returns>
    public Task<AttemptRecord> AddAsync(AttemptRecord record)
    {
        var pending = new PendingAttempt(record);
        var key =
            (AttemptTable.Name(record.RunStartedAt), AttemptTable.Partition(record.Tenant, record.SubscriptionId));
        lock (_lock)
        {
            if (_waiting.TryGetValue(key, out var waiting))
            {
                waiting.Enqueue(pending);
                return pending.Stored.Task;
            }

            _waiting[key] = new([pending]);
        }

        // Not awaited: each pending attempt gets its own result.
        _ = WriteUntilNoneWaitsAsync(key);
        return pending.Stored.Task;
    }

    async Task WriteUntilNoneWaitsAsync((string Table, string Partition) key)
    {
        var transaction = new AttemptTransaction(new TableGateway(tables, key.Table));
        while (Take(key) is { Count: > 0 } batch)
        {
            await transaction.WriteAsync(batch);
        }
    }

    List<PendingAttempt> Take((string Table, string Partition) key)
    {
        lock (_lock)
        {
            var waiting = _waiting[key];
            var batch = new List<PendingAttempt>();
            // A transaction may not name a row twice. If two holders of one message made the same attempt, the second
            // goes into the next transaction.
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

/// <summary>An attempt on its way into the log.</summary>
/// <param name="Record">The attempt.</param>
internal sealed record PendingAttempt(AttemptRecord Record)
{
    /// <summary>Completes with what stands in the log.</summary>
    public TaskCompletionSource<AttemptRecord> Stored { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsSameAttempt(PendingAttempt other) =>
        (Record.DeliveryId, Record.Run, Record.Attempt)
            == (other.Record.DeliveryId, other.Record.Run, other.Record.Attempt);
}

/// <summary>
/// Inserts a group of attempts of one partition. If an attempt is already recorded, the group is sent again without it.
/// </summary>
internal sealed class AttemptTransaction(TableGateway table)
{
    const int RowsPerAttempt = 2;

    /// <summary>Never throws: each attempt learns its own outcome.</summary>
    public async Task WriteAsync(List<PendingAttempt> batch)
    {
        try
        {
            while (batch.Count > 0)
            {
                await AddAsync(batch);
            }
        }
        catch (RequestFailedException e) when (batch.Count > 1 && !Outage.IsOne(e, CancellationToken.None))
        {
            // One row can never be inserted. The others must not fail because of it.
            foreach (var alone in batch)
            {
                await WriteAsync([alone]);
            }
        }
        catch (Exception e)
        {
            batch.ForEach(pending => pending.Stored.TrySetException(e));
        }
    }

    async Task AddAsync(List<PendingAttempt> batch)
    {
        if (await table.AddAsync([.. batch.SelectMany(Rows)], CancellationToken.None) is { } row)
        {
            var second = batch[row / RowsPerAttempt];
            second.Stored.TrySetResult(await ReadAsync(second.Record));
            batch.Remove(second);
        }
        else
        {
            batch.ForEach(pending => pending.Stored.TrySetResult(pending.Record));
            batch.Clear();
        }
    }

    static IEnumerable<TableEntity> Rows(PendingAttempt pending)
    {
        var record = pending.Record;
        yield return AttemptEntity.ToEntity(
            record, AttemptTable.AttemptRow(record.DeliveryId, record.Run, record.Attempt));
        yield return AttemptEntity.ToEntity(
            record, AttemptTable.ListRow(record.StartedAt, record.DeliveryId, record.Run, record.Attempt));
    }

    async Task<AttemptRecord> ReadAsync(AttemptRecord record) => AttemptEntity.ToRecord(
        await table.GetAsync(
            AttemptTable.Partition(record.Tenant, record.SubscriptionId),
            AttemptTable.AttemptRow(record.DeliveryId, record.Run, record.Attempt),
            CancellationToken.None));
}
