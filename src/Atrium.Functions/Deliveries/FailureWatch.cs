using Atrium.Functions.Contract;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Tells a tenant when a subscription begins to fail for good and when it works again, once each. The state is in the
/// subscription's row, which every delivery reads anyway, so a success usually costs nothing.
/// </summary>
/// <remarks>All methods throw what a table or Service Bus throws. They can be repeated.</remarks>
internal sealed partial class FailureWatch(
    SubscriptionCache subscriptions,
    SubscriptionStore store,
    DeliveryQueue queue,
    TimeProvider time,
    ILogger<FailureWatch> logger)
{
    /// <summary>
    /// How often the write is repeated if the row has changed meanwhile. After that, the next dead letter or success
    /// sends the notice.
    /// </summary>
    const int MaxTries = 5;

    /// <summary>A run has ended with its last attempt.</summary>
    /// <param name="lost">Its delivery.</param>
    /// <param name="why">What the dead letter says.</param>
    public async Task FailedForGoodAsync(DeliveryMessage lost, string why, CancellationToken cancellationToken)
    {
        var by = $"{lost.DeliveryId}:{lost.Run}";
        if (lost.SubscriptionId == SubscriptionId.Notices
            || await NoticesAsync(lost.Tenant, cancellationToken) is not { } notices)
        {
            return;
        }

        // Of all instances that see a dead letter, one writes the state. After a crash, the same delivery comes again.
        if (await MarkAsync(lost, by, WantedSince(notices), cancellationToken) is { Failing: { } failing } marked
            && failing.By == by)
        {
            await queue.SendAsync([Notice.Failing(marked, lost, why, time.GetUtcNow())], cancellationToken);
            Log.Failing(logger, lost.SubscriptionId, lost.Tenant, lost.DeliveryId);
        }
    }

    /// <summary>Whether a success shows that a subscription works again that was known to fail.</summary>
    /// <param name="at">When the attempt began that succeeded.</param>
    public static bool Ends(Subscription subscription, DateTimeOffset at) => subscription.Failing?.Since <= at;

    /// <summary>A delivery has succeeded although its subscription was known to fail.</summary>
    /// <param name="delivered">The delivery.</param>
    /// <param name="at">When the attempt began that succeeded.</param>
    public async Task SucceededAsync(
        DeliveryMessage delivered, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (tenant, id) = (delivered.Tenant, delivered.SubscriptionId);
        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            if (await store.FindAsync(tenant, id, cancellationToken) is not { } failing || !Ends(failing, at))
            {
                return;
            }

            // The notice first, then the row. After a crash in between, the next success sends the notice again, with
            // the same ids. Who gets notices only since then was not told that it fails.
            if (await NoticesAsync(tenant, cancellationToken) is { } notices
                && failing.Failing?.Since >= WantedSince(notices))
            {
                await queue.SendAsync([Notice.Recovered(failing, delivered, time.GetUtcNow())], cancellationToken);
            }

            var works = failing with { Failing = null, FailedBy = failing.Failing?.By };
            if (await store.ReplaceAsync(works, cancellationToken) is not null)
            {
                Log.Recovered(logger, id, tenant, delivered.DeliveryId);
                return;
            }
        }
    }

    // Null when they are not wanted.
    async Task<Subscription?> NoticesAsync(string tenant, CancellationToken cancellationToken) =>
        await subscriptions.FindAsync(tenant, SubscriptionId.Notices, cancellationToken) is { } notices
        && notices.Takes(NoticeEvent.Failing)
            ? notices
            : null;

    static DateTimeOffset WantedSince(Subscription notices) => notices.EnabledAt ?? notices.CreatedAt;

    // The row afterwards, marked here or elsewhere. Null if it was deleted, or keeps changing. Who gets notices since
    // then has not been told of a mark from before.
    async Task<Subscription?> MarkAsync(
        DeliveryMessage lost, string by, DateTimeOffset wantedSince, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            var found = await store.FindAsync(lost.Tenant, lost.SubscriptionId, cancellationToken);
            // One by which it failed before it worked again may come again.
            if (found is null || found.Failing?.Since >= wantedSince || found.FailedBy == by)
            {
                return found;
            }

            // Not before the tenant wanted notices: clocks differ.
            var now = time.GetUtcNow();
            var marked = found with { Failing = new(now > wantedSince ? now : wantedSince, by), FailedBy = null };
            if (await store.ReplaceAsync(marked, cancellationToken) is { } written)
            {
                return written;
            }
        }

        return null;
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Subscription {SubscriptionId} of tenant {Tenant} fails for good, first delivery {DeliveryId}; the tenant "
            + "is sent a notice")]
        public static partial void Failing(ILogger logger, string subscriptionId, string tenant, string deliveryId);

        [LoggerMessage(2, LogLevel.Information,
            "Subscription {SubscriptionId} of tenant {Tenant} works again, first delivery {DeliveryId}")]
        public static partial void Recovered(ILogger logger, string subscriptionId, string tenant, string deliveryId);
    }
}
