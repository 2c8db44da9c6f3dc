using Atrium.Functions.Deliveries;

namespace Atrium.Functions.Overview;

/// <summary>What the attempts of a subscription say about it. Pure.</summary>
/// <param name="Recent">Those since <see cref="Begin"/>, newest first.</param>
/// <param name="IsComplete">Whether these are all.</param>
internal sealed record SubscriptionHistory(IReadOnlyList<AttemptRecord> Recent, bool IsComplete)
{
    /// <summary>How many hours an overview has, the one under way among them.</summary>
    public const int Hours = 24;

    /// <summary>
    /// How long attempts may fail before a subscription counts as failing: by then, one delivery has failed six times.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>The newest attempt before the hours; null when there is none, or it makes no difference.</summary>
    public AttemptRecord? Before { get; init; }

    /// <summary>The newest success before the hours; null when there is none, or a later one.</summary>
    public AttemptRecord? DeliveredBefore { get; init; }

    /// <summary>The newest success.</summary>
    public AttemptRecord? LastDelivered => Recent.FirstOrDefault(IsDelivered) ?? DeliveredBefore;

    /// <summary>The newest failed attempt of these hours, or the last attempt before them if it failed.</summary>
    public AttemptRecord? LastFailed => All.FirstOrDefault(attempt => !IsDelivered(attempt));

    IEnumerable<AttemptRecord> All => Before is null ? Recent : Recent.Append(Before);

    /// <summary>When the oldest of the hours begins: full hours of UTC.</summary>
    public static DateTimeOffset Begin(DateTimeOffset now) =>
        new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero).AddHours(1 - Hours);

    /// <param name="pausedAt">Since when the subscription is paused, if it is.</param>
    public SubscriptionState StateAt(DateTimeOffset? pausedAt, DateTimeOffset now)
    {
        var failures = All.TakeWhile(attempt => !IsDelivered(attempt)).ToList();
        return failures switch
        {
            _ when pausedAt is not null => SubscriptionState.Paused,
            _ when !All.Any() => SubscriptionState.NothingSent,
            [] => SubscriptionState.Working,
            [.., var first] when failures.Exists(IsGivenUp) || now - first.StartedAt > Grace =>
                SubscriptionState.Failing,
            _ => SubscriptionState.Retrying,
        };
    }

    /// <summary>How many deliveries wait for their next attempt, and are not parked.</summary>
    /// <param name="pausedAt">Since when the subscription is paused, if it is.</param>
    public int RetryingAt(DateTimeOffset? pausedAt, DateTimeOffset now) =>
        Recent.DistinctBy(attempt => attempt.DeliveryId)
            .Count(attempt => attempt.NextAttemptAt is { } next && (pausedAt is null || next > now));

    /// <summary>The attempts by the hour in which they began, oldest first.</summary>
    public IReadOnlyList<OverviewHour> HoursAt(DateTimeOffset now)
    {
        var begin = Begin(now);
        // Another instance's clock may be ahead.
        var byHour = Recent.ToLookup(attempt => Math.Min((int)(attempt.StartedAt - begin).TotalHours, Hours - 1));
        return
        [
            .. from hour in Enumerable.Range(0, Hours)
               let attempts = byHour[hour].ToList()
               let delivered = attempts.Count(IsDelivered)
               let givenUp = attempts.Count(IsGivenUp)
               select new OverviewHour(begin.AddHours(hour), delivered, attempts.Count - delivered - givenUp, givenUp),
        ];
    }

    static bool IsDelivered(AttemptRecord attempt) => attempt.Outcome == AttemptOutcome.Delivered;

    static bool IsGivenUp(AttemptRecord attempt) => attempt.Outcome == AttemptOutcome.DeadLettered;
}

/// <summary>
/// The state of a subscription: the first that applies. In answers the names are in snake case, such as
/// <c>nothing_sent</c>. They are a contract: never change one.
/// </summary>
internal enum SubscriptionState
{
    /// <summary>Its deliveries are parked.</summary>
    Paused,

    /// <summary>
    /// The newest attempt failed, and since the last success a delivery was given up, or attempts have failed for
    /// longer than <see cref="SubscriptionHistory.Grace"/>.
    /// </summary>
    Failing,

    /// <summary>The newest attempt failed, and nothing is lost yet.</summary>
    Retrying,

    /// <summary>The newest attempt succeeded.</summary>
    Working,

    /// <summary>No attempts are kept.</summary>
    NothingSent,
}
