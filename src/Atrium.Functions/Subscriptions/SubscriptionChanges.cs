using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Telemetry;
using Azure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Makes changes to subscriptions, and keeps row and vault together: what a row names is in the vault before, and what
/// none names any more leaves it after. Where the second step fails, <see cref="SecretPurge"/> makes up for it
/// at night.
/// </summary>
internal sealed partial class SubscriptionChanges(
    SubscriptionStore store, SecretVault vault, IOptions<EgressOptions> egress, TimeProvider time,
    ILogger<SubscriptionChanges> logger)
{
    /// <summary>What to answer when the tenant has no such subscription.</summary>
    public static IResult NotFound() => Problem.NotFound("The tenant has no such subscription.");

    /// <summary>Finds what is to be changed.</summary>
    /// <returns>
    /// The subscription, or the answer: 404, 428 without <c>If-Match</c>, or 412 when it names another version.
    /// </returns>
    public async Task<(Subscription? Subscription, IResult? Refusal)> FindAsync(
        HttpRequest request, string tenant, string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenant, id, cancellationToken) is not { } subscription)
        {
            return (null, NotFound());
        }

        var refusal = EntityTag.Refusal(request, subscription.Version);
        return (refusal is null ? subscription : null, refusal);
    }

    /// <returns>Null when the tenant has no such subscription, or what is named can be none.</returns>
    public async Task<Subscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        TenantId.IsValid(tenant) && SubscriptionId.IsForEvents(id)
            ? await store.FindAsync(tenant, id, cancellationToken)
            : null;

    /// <summary>Whether a secret, as somebody sends it, is the one in force.</summary>
    public async Task<bool> IsInForceAsync(
        Subscription subscription, string? secret, CancellationToken cancellationToken) =>
        subscription.Secret is { } reference && SigningSecret.Parse(secret).Secret is { } sent
        && await IsAsync(reference, sent, cancellationToken);

    /// <summary>Which of a subscription's secrets are the same as one that somebody sends.</summary>
    public async Task<IReadOnlyList<SecretReference>> SameAsync(
        Subscription subscription, SigningSecret sent, CancellationToken cancellationToken)
    {
        var same = new List<SecretReference>();
        foreach (var reference in Secrets(subscription))
        {
            if (await IsAsync(reference, sent, cancellationToken))
            {
                same.Add(reference);
            }
        }

        return same;
    }

    /// <summary>Judges changed settings, and saves them.</summary>
    /// <param name="http">The caller's request, for the tag of the answer.</param>
    /// <param name="before">The subscription as it was read.</param>
    /// <param name="sent">All settings as they should be.</param>
    /// <param name="keepsHeaders">Whether the headers stay as they are, whatever <paramref name="sent"/> says.</param>
    public async Task<IResult> SaveAsync(
        HttpContext http, Subscription before, SubscriptionSettings sent, bool keepsHeaders,
        CancellationToken cancellationToken)
    {
        var (settings, errors) = ValidatedSettings.Of(sent, egress.Value, before.Headers?.Names);
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
                : await StoreHeadersAsync(
                    new SecretOwner(before.Tenant, before.Id), settings.Headers, cancellationToken),
        };
        return await SaveAsync(
            http, before, after, saved => SubscriptionView.Of(saved, time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Writes a change, and shows what came of it, or answers 412.</summary>
    public async Task<IResult> SaveAsync(
        HttpContext http, Subscription before, Subscription after, Func<Subscription, SubscriptionView> view,
        CancellationToken cancellationToken) =>
        await SaveAsync(before, after, cancellationToken) is { } saved
            ? SubscriptionAnswer.Ok(http, saved, view(saved))
            : Problem.PreconditionFailed();

    /// <summary>Writes a change, and removes from the vault what the row has ceased to name.</summary>
    /// <returns>
    /// The subscription with its new version, or null when somebody else has changed or removed it meanwhile.
    /// </returns>
    /// <exception cref="RequestFailedException">The table did not take it. It may have; so nothing is removed from the
    /// vault.</exception>
    public async Task<Subscription?> SaveAsync(
        Subscription before, Subscription after, CancellationToken cancellationToken)
    {
        if (await store.ReplaceAsync(after, cancellationToken) is { } saved)
        {
            await ForgetAsync(Names(before).Except(Names(after)));
            return saved;
        }

        await ForgetUnsavedAsync(before, after, cancellationToken);
        return null;
    }

    /// <summary>Removes from the vault what a change would have named that was not written.</summary>
    /// <param name="before">The subscription as it was read; null when there was none.</param>
    /// <param name="after">What it would have become.</param>
    public async Task ForgetUnsavedAsync(
        Subscription? before, Subscription after, CancellationToken cancellationToken)
    {
        // The change may have been written after all, its answer lost, and another one been made on top of it: what the
        // row names stays, or may name.
        var there = await store.FindAsync(after.Tenant, after.Id, cancellationToken);
        if (there is null || AreAllReadable(there))
        {
            await ForgetAsync(
                Names(after).Except(new[] { before, there }.OfType<Subscription>().SelectMany(Names)));
        }
    }

    /// <summary>Removes a subscription, and then its secrets: a row never names what is gone.</summary>
    /// <returns>False when somebody else has changed it meanwhile.</returns>
    /// <exception cref="RequestFailedException">The table did not remove it.</exception>
    public async Task<bool> RemoveAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        if (!await store.RemoveAsync(subscription, cancellationToken))
        {
            return false;
        }

        await ForgetSecretsAsync(subscription);
        return true;
    }

    /// <summary>Removes the secrets of a subscription that no row names.</summary>
    public Task ForgetSecretsAsync(Subscription? subscription) =>
        subscription is null ? Task.CompletedTask : ForgetAsync(Names(subscription));

    /// <summary>Puts the values of headers into the vault.</summary>
    /// <returns>Null when there are none.</returns>
    /// <exception cref="RequestFailedException">The vault did not take them.</exception>
    public async Task<CustomHeaders?> StoreHeadersAsync(
        SecretOwner owner, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken) =>
        headers.Count == 0
            ? null
            : new CustomHeaders(
            [.. headers.Keys.Order(StringComparer.OrdinalIgnoreCase)],
            await vault.StoreAsync(owner, headers, cancellationToken));

    /// <summary>The names under which a subscription's secrets are in the vault, those that can be read.</summary>
    public static IEnumerable<string> Names(Subscription subscription) => References(subscription)
        .Where(reference => reference != SecretReference.Unreadable)
        .Select(reference => reference.Name);

    /// <summary>
    /// Whether a subscription names no other secrets than <see cref="Names"/> gives: a later version of the app may
    /// have written them in another form.
    /// </summary>
    public static bool AreAllReadable(Subscription subscription) =>
        !References(subscription).Contains(SecretReference.Unreadable);

    static IEnumerable<SecretReference> References(Subscription subscription) =>
        Secrets(subscription).Concat(new[] { subscription.Headers?.Values }.OfType<SecretReference>());

    static IEnumerable<SecretReference> Secrets(Subscription subscription) =>
        new[] { subscription.Secret }.OfType<SecretReference>()
            .Concat(subscription.EarlierSecrets.Select(earlier => earlier.Reference));

    async Task<bool> IsAsync(SecretReference reference, SigningSecret sent, CancellationToken cancellationToken)
    {
        try
        {
            return await vault.ReadSecretAsync(reference, cancellationToken) is { } stored && stored.IsSameAs(sent);
        }
        catch (InvalidOperationException)
        {
            // Spoiled by hand. To set another mends it.
            return false;
        }
    }

    async Task ForgetAsync(IEnumerable<string> names)
    {
        foreach (var name in names.Distinct())
        {
            try
            {
                // Not a caller's token: the row is written, whether or not somebody waits for the answer.
                await vault.RemoveAsync(name, CancellationToken.None);
            }
            catch (Exception e) when (Outage.IsOne(e, CancellationToken.None))
            {
                Log.NotRemoved(logger, name, ErrorText.Of(e));
            }
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The vault did not remove {Name}, which no subscription names any more; it is removed at night: {Error}")]
        public static partial void NotRemoved(ILogger logger, string name, string error);
    }
}
