namespace Atrium.Functions.Deliveries;

/// <summary>What is to be done with the message of an attempt.</summary>
internal abstract record Settlement
{
    /// <summary>Nothing is left to do.</summary>
    internal sealed record Complete : Settlement;

    /// <summary>A message takes its place: the next attempt, or the same one put back uncounted.</summary>
    /// <param name="By">The message.</param>
    /// <param name="At">When it is to come.</param>
    internal sealed record Replace(DeliveryMessage By, DateTimeOffset At) : Settlement;

    /// <summary>A copy waits on <c>parked</c> until the subscription is resumed: the same attempt, uncounted.</summary>
    internal sealed record Park(DeliveryMessage Copy) : Settlement;

    internal sealed record DeadLetter(string Reason, string Description) : Settlement;
}
