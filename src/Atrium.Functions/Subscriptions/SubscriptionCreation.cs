using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Turns what an admin sent into a subscription: judged, its secrets in the vault, its row in the table, in this order.
/// </summary>
internal sealed class SubscriptionCreation(
    SubscriptionAdmissions admissions, SubscriptionChanges changes, SecretVault vault, IOptions<EgressOptions> egress,
    TimeProvider time)
{
    // Each lost try let another creation in; there is room for 20. As many more for those deleted meanwhile.
    const int MaxTries = 2 * SubscriptionAdmissions.MaxPerTenant;

    public async Task<Result> MakeAsync(
        string tenant, SubscriptionRequest wanted, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var (settings, errors) = ValidatedSettings.Of(wanted.Settings(), egress.Value);
        var (secret, fault) = SecretChoice.Of(wanted.Secret, wanted.GenerateSecret);
        if (settings is null || fault is not null)
        {
            return new Result.Invalid(FieldError.Found([.. errors, fault]));
        }

        var key = idempotencyKey is null ? null : CreationKey.Of(idempotencyKey, settings, wanted);
        Subscription? stored = null;
        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            var admission = await admissions.AskAsync(tenant, key, cancellationToken);
            if (admission is not Admission.Open open)
            {
                await changes.ForgetSecretsAsync(stored);
                return new Result.NotAdded(admission is Admission.Made made
                    && !await IsOfSameValuesAsync(
                        made, wanted.Secret is null ? null : secret, settings.Headers, cancellationToken)
                    ? new Admission.KeyOfAnother()
                    : admission);
            }

            stored ??= await StoreAsync(tenant, settings, secret, cancellationToken);
            if (await admissions.AddAsync(stored, key, open, cancellationToken) is { } added)
            {
                return new Result.Made(added, wanted.GenerateSecret ? secret!.Reveal() : null);
            }
        }

        await changes.ForgetSecretsAsync(stored);
        return new Result.Crowded();
    }

    async Task<Subscription> StoreAsync(
        string tenant, ValidatedSettings settings, SigningSecret? secret, CancellationToken cancellationToken)
    {
        var (owner, now) = (new SecretOwner(tenant, SubscriptionId.Draw()), time.GetUtcNow());
        return new Subscription
        {
            Tenant = tenant,
            Id = owner.SubscriptionId,
            Name = settings.Name,
            Url = settings.Url,
            Events = settings.Events,
            CreatedAt = now,
            Secret = secret is null ? null : await vault.StoreAsync(owner, secret, cancellationToken),
            SecretCreatedAt = secret is null ? null : now,
            Headers = await changes.StoreHeadersAsync(owner, settings.Headers, cancellationToken),
        };
    }

    // What has been rotated or replaced since, and is gone from the vault, cannot be compared.
    async Task<bool> IsOfSameValuesAsync(
        Admission.Made made, SigningSecret? ownSecret, IReadOnlyDictionary<string, string> headers,
        CancellationToken cancellationToken)
    {
        if (ownSecret is not null && made.Secret is { } secret
            && await vault.ReadSecretAsync(secret, cancellationToken) is { } firstSecret
            && !firstSecret.IsSameAs(ownSecret))
        {
            return false;
        }

        return made.HeaderValues is not { } values
            || await vault.ReadHeadersAsync(values, cancellationToken) is not { } firstHeaders
            || new Dictionary<string, string>(firstHeaders, StringComparer.OrdinalIgnoreCase) is var first
                && headers.All(header => first.TryGetValue(header.Key, out var value) && value == header.Value);
    }

    /// <summary>What came of a request.</summary>
    internal abstract record Result
    {
        /// <summary>It was made; the secret is there when it was generated.</summary>
        internal sealed record Made(Subscription Subscription, string? GeneratedSecret) : Result;

        internal sealed record Invalid(IReadOnlyList<FieldError> Errors) : Result;

        /// <summary>
        /// Nothing was made. With <see cref="Admission.Made"/>, the same request with the same <c>Idempotency-Key</c>
        /// has made it already. Its secret may have been rotated since.
        /// </summary>
        internal sealed record NotAdded(Admission Why) : Result;

        /// <summary>Others came first again and again.</summary>
        internal sealed record Crowded : Result;
    }
}
