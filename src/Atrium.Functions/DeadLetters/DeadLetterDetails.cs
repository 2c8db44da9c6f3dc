using Atrium.Functions.AttemptHistory;

namespace Atrium.Functions.DeadLetters;

/// <summary>One dead letter, with what was tried.</summary>
/// <param name="Letter">Its summary.</param>
/// <param name="Delivery">All attempts that are kept of its delivery; null when there are none, as for an event.</param>
internal sealed record DeadLetterDetails(DeadLetter Letter, DeliveryView? Delivery);
