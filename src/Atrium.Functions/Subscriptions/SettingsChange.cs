using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Subscriptions;

/// <summary>Judges a subscription's changed settings, and saves them.</summary>
internal sealed class SettingsChange(SubscriptionChanges changes, IOptions<EgressOptions> egress, TimeProvider time)
{
    /// <param name="http">The caller's request, for the tag of the answer.</param>
    /// <param name="before">The subscription as it was read.</param>
    /// <param name="sent">All settings as they should be.</param>
    /// <param name="keepsHeaders">Whether the headers stay as they are, whatever <paramref name="sent"/> says.</param>
    /// <param name="cancellationToken">Cancelled when the caller goes away.</param>
    public async Task<IResult> SaveAsync(
        HttpContext http, Subscription before, SubscriptionSettings sent, bool keepsHeaders,
        CancellationToken cancellationToken)
    {
        var (settings, errors) = ValidatedSettings.Of(sent, egress.Value);
        if (settings is null)
        {
            return Problem.BadRequest("The subscription is not valid.", errors);
        }

        var after = before with
        {
            Name = settings.Name,
            Url = settings.Url,
            Events = settings.Events,
            Headers = keepsHeaders
                ? before.Headers
                : await changes.StoreHeadersAsync(
                    new SecretOwner(before.Tenant, before.Id), settings.Headers, cancellationToken),
        };
        return await changes.SaveAsync(before, after, cancellationToken) is { } saved
            ? SubscriptionAnswer.Ok(http, saved, SubscriptionView.Of(saved, time.GetUtcNow()))
            : Problem.PreconditionFailed();
    }
}
