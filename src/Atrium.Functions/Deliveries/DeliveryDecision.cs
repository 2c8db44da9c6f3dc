namespace Atrium.Functions.Deliveries;

/// <summary>What follows from an attempt.</summary>
internal abstract record DeliveryDecision
{
    internal sealed record Complete : DeliveryDecision;

    internal sealed record RetryAfter(TimeSpan Wait) : DeliveryDecision;

    internal sealed record DeadLetter(string Reason) : DeliveryDecision;

    internal sealed record Drop(string Reason) : DeliveryDecision;

    internal sealed record Park : DeliveryDecision;

    /// <summary>The same attempt comes back, uncounted.</summary>
    internal sealed record PutBack : DeliveryDecision;
}
