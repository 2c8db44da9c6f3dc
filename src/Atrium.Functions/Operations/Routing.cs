using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Operations;

/// <summary>What would become of an event for one subscription.</summary>
internal enum Routing
{
    /// <summary>It would be sent.</summary>
    Sent,

    /// <summary>It would wait until the subscription is resumed.</summary>
    Parked,

    /// <summary>A delivery would be made, but each attempt would be refused before it connects.</summary>
    Blocked,

    /// <summary>No delivery would be made.</summary>
    NotTaken,
}

/// <summary>Why an event would, or would not, go to a subscription.</summary>
/// <param name="SubscriptionId">Which.</param>
/// <param name="Url">Where it would go.</param>
/// <param name="Routing">A name of <see cref="Operations.Routing"/>.</param>
/// <param name="Rule">The rule that refuses the URL today, if one does.</param>
/// <param name="Why">The reason, in a sentence or two.</param>
internal sealed record RoutingView(string SubscriptionId, string Url, string Routing, string? Rule, string Why)
{
    // What refuses a URL for its form, and not for its address.
    const string FormRule = "url-form";

    public static RoutingView Of(Subscription subscription, string eventName, EgressOptions egress)
    {
        if (!subscription.Takes(eventName))
        {
            return View(
                Operations.Routing.NotTaken, null, $"It takes {string.Join(" and ", subscription.Events)} only.");
        }

        var takes = subscription.Events.Contains(EventSelection.All)
            ? "It takes all events."
            : "It takes this event by name.";
        var validation = EndpointUrl.Validate(subscription.Url, egress);
        var rule = validation.IsAllowed ? null : validation.Rule ?? FormRule;
        var refusal = validation.IsAllowed
            ? ""
            : $" Its URL was allowed when it was saved and is not any more: {validation.Refusal}";
        return subscription.PausedAt is { } pausedAt
            ? View(
                Operations.Routing.Parked, rule,
                $"{takes} It is paused since {pausedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, so the delivery would be "
                + $"parked, and go out when it is resumed.{refusal}")
            : validation.IsAllowed
                ? View(Operations.Routing.Sent, null, takes)
                : View(Operations.Routing.Blocked, rule, $"{takes}{refusal}");

        RoutingView View(Routing routing, string? by, string why) =>
            new(subscription.Id, subscription.Url, routing.ToString(), by, why);
    }
}
