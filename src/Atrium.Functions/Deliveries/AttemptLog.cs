using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Deliveries;

/// <summary>The record of every attempt. What stands there is never overwritten: whoever comes second takes what the first one wrote.</summary>
internal sealed class AttemptLog(TableServiceClient tables, AttemptBatcher batcher, TimeProvider time)
{
    /// <summary>All attempts of a delivery, of every run.</summary>
    /// <exception cref="RequestFailedException">The tables could not be read.</exception>
    public Task<IReadOnlyCollection<AttemptRecord>> ReadAsync(DeliveryMessage delivery, CancellationToken cancellationToken) => ReadAsync(
        AttemptTable.Names(delivery.AcceptedAt, delivery.RunStartedAt, time.GetUtcNow()),
        AttemptTable.Partition(delivery.Tenant, delivery.SubscriptionId),
        delivery.DeliveryId,
        cancellationToken);

    /// <summary>All attempts of a delivery that are kept, of every run.</summary>
    /// <exception cref="RequestFailedException">The tables could not be read.</exception>
    public Task<IReadOnlyCollection<AttemptRecord>> ReadAsync(string tenant, string subscriptionId, string deliveryId, CancellationToken cancellationToken) =>
        ReadAsync(AttemptTable.NamesSince(DateTimeOffset.MinValue, time.GetUtcNow()), AttemptTable.Partition(tenant, subscriptionId), deliveryId, cancellationToken);

    /// <summary>Records an attempt.</summary>
    /// <returns>What stands in the log: the record given, or the one that was there before.</returns>
    /// <exception cref="OutcomeNotRecordedException">The tables did not take it.</exception>
    public async Task<AttemptRecord> RecordAsync(AttemptRecord record)
    {
        try
        {
            return await batcher.AddAsync(record);
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
