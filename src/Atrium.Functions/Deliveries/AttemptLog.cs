using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// The record of every attempt. What stands there is never overwritten: whoever comes second takes what the first one
/// wrote.
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

/// <summary>What a delivery's rows say about a message that may have been acted on before. Pure.</summary>
internal abstract record DeliveryHistory
{
    /// <summary>The attempt is still to be made.</summary>
    internal sealed record NotAttempted : DeliveryHistory;

    /// <summary>The attempt was made and recorded; only its settlement is missing.</summary>
    internal sealed record Recorded(AttemptRecord Record) : DeliveryHistory;

    /// <summary>
    /// The delivery has succeeded, or a newer run has taken over: this message has nothing left to do.
    /// </summary>
    internal sealed record Over : DeliveryHistory;

    public static DeliveryHistory Of(DeliveryMessage message, IReadOnlyCollection<AttemptRecord> rows)
    {
        if (rows.Any(row => row.Outcome == AttemptOutcome.Delivered || row.Run > message.Run))
        {
            return new Over();
        }

        return rows.FirstOrDefault(row => row.Run == message.Run && row.Attempt == message.Attempt) is { } record
            ? new Recorded(record)
            : new NotAttempted();
    }
}

/// <summary>
/// The receiver has answered but the tables did not take the record, which travels on so that the request is not
/// repeated.
/// </summary>
internal sealed class OutcomeNotRecordedException(AttemptRecord record, Exception inner)
    : Exception(
        $"Attempt {record.Attempt} of {record.DeliveryId} was made but could not be recorded: {inner.Message}", inner)
{
    public AttemptRecord Record { get; } = record;
}
