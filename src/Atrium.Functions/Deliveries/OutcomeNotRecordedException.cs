namespace Atrium.Functions.Deliveries;

/// <summary>The receiver has answered but the tables did not take the record, which travels on so that the request is not repeated.</summary>
internal sealed class OutcomeNotRecordedException(AttemptRecord record, Exception inner)
    : Exception($"Attempt {record.Attempt} of {record.DeliveryId} was made but could not be recorded: {inner.Message}", inner)
{
    public AttemptRecord Record { get; } = record;
}
