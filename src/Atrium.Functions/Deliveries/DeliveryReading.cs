namespace Atrium.Functions.Deliveries;

/// <summary>A message read from <c>deliveries</c>: understood, or not and why.</summary>
internal abstract record DeliveryReading
{
    internal sealed record Understood(DeliveryMessage Message) : DeliveryReading;

    internal sealed record Invalid(string Why) : DeliveryReading;
}
