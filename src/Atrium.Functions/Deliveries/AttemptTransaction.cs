using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Inserts a group of attempts of one partition; an attempt that is there already leaves the group, which is sent again
/// without it.
/// </summary>
internal sealed class AttemptTransaction(TableClient table)
{
    const int BadRequest = 400;
    const int ContentTooLarge = 413;
    const int NotFound = 404;
    const int Conflict = 409;
    const int RowsPerAttempt = 2;

    /// <summary>Never throws: each attempt learns its own outcome.</summary>
    public async Task WriteAsync(List<PendingAttempt> batch)
    {
        try
        {
            var created = false;
            while (batch.Count > 0)
            {
                try
                {
                    await SubmitAsync(batch);
                }
                catch (RequestFailedException e) when (e.Status == NotFound && !created)
                {
                    // The first attempt of the week. Creating a table that is there already succeeds.
                    created = true;
                    await table.CreateIfNotExistsAsync();
                }
            }
        }
        catch (RequestFailedException e) when (e.Status is BadRequest or ContentTooLarge && batch.Count > 1)
        {
            // One row is refused for good: the others must not fail with it.
            foreach (var alone in batch)
            {
                await WriteAsync([alone]);
            }
        }
        catch (Exception e)
        {
            batch.ForEach(pending => pending.Fail(e));
        }
    }

    async Task SubmitAsync(List<PendingAttempt> batch)
    {
        try
        {
            await table.SubmitTransactionAsync(batch.SelectMany(Rows));
            batch.ForEach(pending => pending.Succeed(pending.Record));
            batch.Clear();
        }
        catch (TableTransactionFailedException e) when (e.Status == Conflict
            && e.FailedTransactionActionIndex is { } row)
        {
            var second = batch[row / RowsPerAttempt];
            second.Succeed(await ReadAsync(second.Record));
            batch.Remove(second);
        }
    }

    static IEnumerable<TableTransactionAction> Rows(PendingAttempt pending)
    {
        var record = pending.Record;
        yield return Insert(
            AttemptEntity.ToEntity(record, AttemptTable.AttemptRow(record.DeliveryId, record.Run, record.Attempt)));
        yield return Insert(
            AttemptEntity.ToEntity(
            record, AttemptTable.ListRow(record.StartedAt, record.DeliveryId, record.Run, record.Attempt)));
    }

    static TableTransactionAction Insert(TableEntity entity) => new(TableTransactionActionType.Add, entity);

    async Task<AttemptRecord> ReadAsync(AttemptRecord record)
    {
        var row = await table.GetEntityAsync<TableEntity>(
            AttemptTable.Partition(record.Tenant, record.SubscriptionId),
            AttemptTable.AttemptRow(record.DeliveryId, record.Run, record.Attempt));
        return AttemptEntity.ToRecord(row.Value);
    }
}
