namespace Atrium.Functions.Parking;

/// <summary>What is parked of a subscription, as the admin API shows it.</summary>
/// <param name="Count">How many deliveries.</param>
/// <param name="Oldest">When the event was accepted that has waited longest; null when there is none.</param>
/// <param name="Complete">False when more is parked, of all subscriptions together, than was looked through: then there may be more.</param>
internal sealed record ParkedView(int Count, DateTimeOffset? Oldest, bool Complete);
