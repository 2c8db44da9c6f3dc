using Azure.Data.Tables;

namespace Atrium.Functions.Deliveries;

/// <summary>An attempt as a table row, and back.</summary>
internal static class AttemptEntity
{
    public static TableEntity ToEntity(AttemptRecord record, string rowKey)
    {
        var entity = new TableEntity(AttemptTable.Partition(record.Tenant, record.SubscriptionId), rowKey)
        {
            [nameof(AttemptRecord.Tenant)] = record.Tenant,
            [nameof(AttemptRecord.SubscriptionId)] = record.SubscriptionId,
            [nameof(AttemptRecord.EventId)] = record.EventId,
            [nameof(AttemptRecord.EventType)] = record.EventType,
            [nameof(AttemptRecord.DeliveryId)] = record.DeliveryId,
            [nameof(AttemptRecord.Run)] = record.Run,
            [nameof(AttemptRecord.Attempt)] = record.Attempt,
            [nameof(AttemptRecord.RunStartedAt)] = record.RunStartedAt,
            [nameof(AttemptRecord.DueAt)] = record.DueAt,
            [nameof(AttemptRecord.StartedAt)] = record.StartedAt,
            [nameof(AttemptRecord.Outcome)] = record.Outcome.ToString(),
        };
        Add(entity, nameof(AttemptRecord.NextAttemptAt), record.NextAttemptAt);
        Add(entity, nameof(AttemptRecord.Status), record.Status);
        Add(entity, nameof(AttemptRecord.ErrorClass), record.ErrorClass);
        Add(entity, nameof(AttemptRecord.Explanation), record.Explanation);
        Add(entity, nameof(AttemptRecord.ResponseExcerpt), record.ResponseExcerpt);
        Add(entity, nameof(AttemptRecord.Resent), record.Resent ? true : null);
        Add(entity, nameof(AttemptRecord.DnsMs), record.DnsMs);
        Add(entity, nameof(AttemptRecord.ConnectMs), record.ConnectMs);
        Add(entity, nameof(AttemptRecord.TlsMs), record.TlsMs);
        Add(entity, nameof(AttemptRecord.FirstByteMs), record.FirstByteMs);
        Add(entity, nameof(AttemptRecord.TotalMs), record.TotalMs);
        return entity;
    }

    public static AttemptRecord ToRecord(TableEntity entity) => new()
    {
        Tenant = entity.GetString(nameof(AttemptRecord.Tenant)),
        SubscriptionId = entity.GetString(nameof(AttemptRecord.SubscriptionId)),
        EventId = entity.GetString(nameof(AttemptRecord.EventId)),
        EventType = entity.GetString(nameof(AttemptRecord.EventType)),
        DeliveryId = entity.GetString(nameof(AttemptRecord.DeliveryId)),
        Run = entity.GetInt32(nameof(AttemptRecord.Run))!.Value,
        Attempt = entity.GetInt32(nameof(AttemptRecord.Attempt))!.Value,
        RunStartedAt = entity.GetDateTimeOffset(nameof(AttemptRecord.RunStartedAt))!.Value,
        DueAt = entity.GetDateTimeOffset(nameof(AttemptRecord.DueAt))!.Value,
        StartedAt = entity.GetDateTimeOffset(nameof(AttemptRecord.StartedAt))!.Value,
        Outcome = Enum.TryParse<AttemptOutcome>(entity.GetString(nameof(AttemptRecord.Outcome)), out var outcome)
            && Enum.IsDefined(outcome)
            ? outcome
            : AttemptOutcome.Unknown,
        NextAttemptAt = entity.GetDateTimeOffset(nameof(AttemptRecord.NextAttemptAt)),
        Status = entity.GetInt32(nameof(AttemptRecord.Status)),
        ErrorClass = entity.GetString(nameof(AttemptRecord.ErrorClass)),
        Explanation = entity.GetString(nameof(AttemptRecord.Explanation)),
        ResponseExcerpt = entity.GetString(nameof(AttemptRecord.ResponseExcerpt)),
        Resent = entity.GetBoolean(nameof(AttemptRecord.Resent)) ?? false,
        DnsMs = entity.GetDouble(nameof(AttemptRecord.DnsMs)),
        ConnectMs = entity.GetDouble(nameof(AttemptRecord.ConnectMs)),
        TlsMs = entity.GetDouble(nameof(AttemptRecord.TlsMs)),
        FirstByteMs = entity.GetDouble(nameof(AttemptRecord.FirstByteMs)),
        TotalMs = entity.GetDouble(nameof(AttemptRecord.TotalMs)),
    };

    static void Add(TableEntity entity, string name, object? value)
    {
        if (value is not null)
        {
            entity[name] = value;
        }
    }
}
