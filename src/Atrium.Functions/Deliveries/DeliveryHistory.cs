namespace Atrium.Functions.Deliveries;

/// <summary>What a delivery's rows say about a message that may have been acted on before. Pure.</summary>
internal abstract record DeliveryHistory
{
    /// <summary>The attempt is still to be made.</summary>
    internal sealed record NotAttempted : DeliveryHistory;

    /// <summary>The attempt was made and recorded; only its settlement is missing.</summary>
    internal sealed record Recorded(AttemptRecord Record) : DeliveryHistory;

    /// <summary>The delivery has succeeded, or a newer run has taken over: this message has nothing left to do.</summary>
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
