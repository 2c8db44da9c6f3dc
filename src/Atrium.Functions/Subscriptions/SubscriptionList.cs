namespace Atrium.Functions.Subscriptions;

/// <summary>A list of subscriptions.</summary>
/// <param name="Items">The subscriptions, oldest first.</param>
internal sealed record SubscriptionList(IReadOnlyList<SubscriptionView> Items);
