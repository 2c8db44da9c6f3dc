namespace Atrium.Functions.Deliveries;

/// <summary>An attempt on its way into the log.</summary>
internal sealed class PendingAttempt(AttemptRecord record)
{
    readonly TaskCompletionSource<AttemptRecord> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AttemptRecord Record { get; } = record;

    /// <summary>Completes with what stands in the log.</summary>
    public Task<AttemptRecord> Stored => _stored.Task;

    public bool IsSameAttempt(PendingAttempt other) =>
        (Record.DeliveryId, Record.Run, Record.Attempt)
            == (other.Record.DeliveryId, other.Record.Run, other.Record.Attempt);

    public void Succeed(AttemptRecord stored) => _stored.TrySetResult(stored);

    public void Fail(Exception exception) => _stored.TrySetException(exception);
}
