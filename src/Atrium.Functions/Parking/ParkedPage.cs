using Atrium.Functions.Deliveries;

namespace Atrium.Functions.Parking;

/// <summary>A part of what lies on <c>parked</c>.</summary>
/// <param name="Deliveries">Those that this app understands, longest parked first.</param>
/// <param name="Looked">How many messages were looked at.</param>
/// <param name="Next">The sequence number from which the next part is read; null when this was the last.</param>
internal sealed record ParkedPage(IReadOnlyList<DeliveryMessage> Deliveries, int Looked, long? Next);
