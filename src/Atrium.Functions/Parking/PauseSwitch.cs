using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Parking;

/// <summary>Pauses a subscription or ends its pause, which only a person does, never a failure.</summary>
internal sealed class PauseSwitch(SubscriptionStore store)
{
    /// <summary>
    /// Changes what was read under the tag in <c>If-Match</c>. If it is paused, or not, already, then nothing is
    /// changed and the tag may be an old one: the client may be repeating a request whose answer it did not get (RFC
    /// 9110, 13.1.1).
    /// </summary>
    /// <param name="pausedAt">From when on; null to end the pause.</param>
    /// <returns>The subscription as it is now; or the answer that says why not: 404, 412 or 428.</returns>
    /// <exception cref="Azure.RequestFailedException">The table could not be read or did not take it.</exception>
    public async Task<(Subscription? Subscription, IResult? Refusal)> SetAsync(
        HttpRequest request, string tenant, string id, DateTimeOffset? pausedAt, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!TenantId.IsValid(tenant) || !SubscriptionId.IsForEvents(id)
                || await store.FindAsync(tenant, id, cancellationToken) is not { } found)
            {
                return (null, SubscriptionChanges.NotFound());
            }

            if (found.PausedAt.HasValue == pausedAt.HasValue && request.Headers.IfMatch.Count > 0)
            {
                return (found, null);
            }

            if (EntityTag.Refusal(request, found.Version) is { } refusal)
            {
                return (null, refusal);
            }

            if (await store.ReplaceAsync(found with { PausedAt = pausedAt }, cancellationToken) is { } changed)
            {
                return (changed, null);
            }

            // Somebody else was first: judged again on what is there now.
        }
    }
}
