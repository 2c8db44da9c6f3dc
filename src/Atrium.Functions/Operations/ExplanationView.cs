namespace Atrium.Functions.Operations;

/// <summary>Where an event of a kind would go.</summary>
/// <param name="Event">The event's name.</param>
/// <param name="Tenant">Whose it would be.</param>
/// <param name="Summary">All in one sentence.</param>
/// <param name="Subscriptions">Each subscription of the tenant, oldest first.</param>
internal sealed record ExplanationView(string Event, string Tenant, string Summary, IReadOnlyList<RoutingView> Subscriptions)
{
    public static ExplanationView Of(string eventName, string tenant, IReadOnlyList<RoutingView> subscriptions) =>
        new(eventName, tenant, SummaryOf(eventName, subscriptions), subscriptions);

    static string SummaryOf(string eventName, IReadOnlyList<RoutingView> subscriptions)
    {
        if (subscriptions.Count == 0)
        {
            return $"{eventName} would be accepted and go nowhere: the tenant has no subscriptions.";
        }

        int Count(Routing routing) => subscriptions.Count(view => view.Routing == routing.ToString());
        return $"Of {subscriptions.Count} subscriptions, {eventName} would be sent to {Count(Routing.Sent)}, parked for {Count(Routing.Parked)}, "
            + $"blocked for {Count(Routing.Blocked)}, and not be taken by {Count(Routing.NotTaken)}.";
    }
}
