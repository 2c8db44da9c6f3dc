using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Overview;

/// <summary>The state of all subscriptions of a tenant.</summary>
/// <param name="AsOf">When this was read.</param>
/// <param name="IndexedAt">All failures and parked deliveries up to this time are counted; null when that is not
/// known.</param>
/// <param name="Subscriptions">Oldest first.</param>
internal sealed record OverviewView(
    DateTimeOffset AsOf, DateTimeOffset? IndexedAt, IReadOnlyList<SubscriptionOverview> Subscriptions);

/// <summary>The state of a subscription.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The name that its admin gave it; null when it has none.</param>
/// <param name="Url">Where its events go.</param>
/// <param name="Events">Which events it takes.</param>
/// <param name="PausedAt">Since when its deliveries are parked; null while it is active.</param>
/// <param name="Etag">The tag of its version, for <c>If-Match</c>.</param>
/// <param name="State">A name of <see cref="SubscriptionState"/>.</param>
/// <param name="Hours">The last 24 hours, oldest first.</param>
/// <param name="Complete">False when there was more than is looked at, so that the numbers are the least that there can
/// be.</param>
/// <param name="LastDeliveredAt">When the newest success began, of all attempts that are kept.</param>
/// <param name="LastFailure">The newest failure, of the hours and the last attempt before them.</param>
/// <param name="Retrying">Deliveries of the hours that wait for their next attempt.</param>
/// <param name="DeadLetters">Deliveries that failed for good.</param>
/// <param name="Parked">Deliveries that wait for a resume.</param>
internal sealed record SubscriptionOverview(
    string Id, string? Name, string Url, IReadOnlyList<string> Events, DateTimeOffset? PausedAt, string Etag,
    string State, IReadOnlyList<OverviewHour> Hours, bool Complete, DateTimeOffset? LastDeliveredAt,
    OverviewFailure? LastFailure, int Retrying, int DeadLetters, int Parked)
{
    /// <param name="history">Its attempts.</param>
    /// <param name="deadLetters">How many of its deliveries failed for good.</param>
    /// <param name="parked">How many are parked.</param>
    /// <param name="areCounted">Whether these two are exact.</param>
    public static SubscriptionOverview Of(
        Subscription subscription, SubscriptionHistory history, int deadLetters, int parked, bool areCounted,
        DateTimeOffset now) => new(
            subscription.Id,
            subscription.Name,
            subscription.Url,
            subscription.Events,
            subscription.PausedAt,
            EntityTag.Of(subscription.Version),
            history.StateAt(subscription.PausedAt, now).Name(),
            history.HoursAt(now),
            history.IsComplete && areCounted,
            history.LastDelivered?.StartedAt,
            history.LastFailed is { } failed ? OverviewFailure.Of(failed) : null,
            history.RetryingAt(subscription.PausedAt, now),
            deadLetters,
            parked);
}

/// <summary>The attempts that began within an hour.</summary>
/// <param name="From">When it begins.</param>
/// <param name="Delivered">Those that succeeded.</param>
/// <param name="Failed">Those that failed, and are followed by another.</param>
/// <param name="GivenUp">Those that failed as the last of their run.</param>
internal sealed record OverviewHour(DateTimeOffset From, int Delivered, int Failed, int GivenUp);

/// <summary>An attempt that failed.</summary>
/// <param name="At">When it began.</param>
/// <param name="DeliveryId">Of which delivery.</param>
/// <param name="Status">What the receiver answered, if it did.</param>
/// <param name="ErrorClass">A name of <see cref="Egress.ErrorClass"/>.</param>
/// <param name="Cause">A name of <see cref="Egress.FailureCause"/>; null when class and status say all.</param>
/// <param name="Explanation">What happened and what to do.</param>
internal sealed record OverviewFailure(
    DateTimeOffset At, string DeliveryId, int? Status, string? ErrorClass, string? Cause, string Explanation)
{
    // Of a row that nobody can read.
    const string Unexplained = "The attempt failed. Nothing more is on record.";

    public static OverviewFailure Of(AttemptRecord attempt) => new(
        attempt.StartedAt, attempt.DeliveryId, attempt.Status, attempt.ErrorClass, attempt.Cause,
        attempt.Explanation ?? Unexplained);
}
