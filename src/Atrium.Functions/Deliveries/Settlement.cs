namespace Atrium.Functions.Deliveries;

/// <summary>What is to be done with the message of an attempt.</summary>
internal abstract record Settlement
{
    /// <summary>Nothing is left to do.</summary>
    internal sealed record Complete : Settlement;

    /// <summary>The message of the next attempt takes its place, to come when that is due.</summary>
    internal sealed record Retry(DeliveryMessage Next) : Settlement;

    /// <summary>The same attempt comes again, uncounted.</summary>
    /// <param name="Wait">How much later.</param>
    /// <param name="Reason">One of <see cref="Telemetry.PutBackReason"/>.</param>
    /// <param name="Unrecorded">What the receiver answered, if it was asked: the request is not repeated.</param>
    internal sealed record PutBack(TimeSpan Wait, string Reason, AttemptRecord? Unrecorded = null) : Settlement;

    /// <summary>A copy waits on <c>parked</c> until the subscription is resumed: the same attempt, uncounted.</summary>
    internal sealed record Park : Settlement;

    internal sealed record DeadLetter(string Reason, string Description) : Settlement;
}
