namespace Atrium.Functions.Subscriptions;

/// <summary>A page of subscriptions.</summary>
/// <param name="Items">The subscriptions, oldest first.</param>
/// <param name="NextCursor">Where the list goes on; null on the last page.</param>
internal sealed record SubscriptionList(IReadOnlyList<SubscriptionView> Items, string? NextCursor);
