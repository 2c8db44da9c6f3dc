using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Gives a subscription a new secret, beside which those until now go on signing for a while.</summary>
internal sealed class RotateSecretFunction(SubscriptionChanges changes, SecretVault vault, TimeProvider time)
{
    /// <summary>The largest request, in bytes: it has a secret and a number in it.</summary>
    public const int MaxBytes = 1024;

    /// <summary>
    /// <c>POST /api/tenants/{tenant}/subscriptions/{id}/secret/rotate</c> with <c>If-Match</c>: 200 with the
    /// subscription, and with the secret when it was generated; 400 with what to change, 404, 409 when too many secrets
    /// sign already, 412 or 428. A subscription without a secret gets its first. With the customer's own secret it can
    /// be sent again when the answer was lost: the one in force stays, and only an overlap can become shorter.
    /// </summary>
    [Function("RotateSecret")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post",
            Route = "tenants/{tenant}/subscriptions/{id}/secret/rotate")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        var (subscription, refusal) = await changes.FindAsync(request, tenant, id, cancellationToken);
        if (subscription is null)
        {
            return await RepeatedAsync(request, tenant, id, cancellationToken) ?? refusal!;
        }

        var (wanted, unreadable) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.RotationRequest, MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return unreadable!;
        }

        var (secret, fault) = SecretChoice.Of(wanted.Secret, generate: wanted.Secret is null);
        var errors = FieldError.Found(OverlapFault(wanted.OverlapHours), fault);
        if (errors.Count > 0)
        {
            return Problem.BadRequest("The rotation is not valid.", errors);
        }

        var now = time.GetUtcNow();
        var same = wanted.Secret is null ? [] : await changes.SameAsync(subscription, secret!, cancellationToken);
        var isInForce = subscription.Secret is { } current && same.Contains(current);
        var earlier = subscription.AfterRotation(now, OverlapOf(wanted), same);
        if (isInForce && earlier.SequenceEqual(subscription.EarlierAt(now)))
        {
            return SubscriptionAnswer.Ok(request.HttpContext, subscription, SubscriptionView.Of(subscription, now));
        }

        if (earlier.Count > SecretRotation.MaxEarlier)
        {
            return Problem.Conflict(
                ProblemCode.TooManySecrets,
                $"At most {SecretRotation.MaxEarlier} earlier secrets sign beside the new one. The first of them stops "
                + $"at {subscription.EarlierAt(now).Min(one => one.SignsUntil):u}. Rotate after that, or send "
                + "overlapHours: 0, which stops all earlier ones at once.");
        }

        var after = isInForce
            ? subscription with { EarlierSecrets = earlier }
            : subscription with
            {
                Secret = await vault.StoreAsync(new SecretOwner(tenant, id), secret!, cancellationToken),
                SecretCreatedAt = now,
                EarlierSecrets = earlier,
            };
        return await changes.SaveAsync(
            request.HttpContext, subscription, after,
            saved => SubscriptionView.Of(saved, now) with { Secret = wanted.Secret is null ? secret!.Reveal() : null },
            cancellationToken);
    }

    // Made already, by the same request, whose answer was lost. RFC 9110, 13.1.1, has the answer be as the first was.
    async Task<IResult?> RepeatedAsync(
        HttpRequest request, string tenant, string id, CancellationToken cancellationToken)
    {
        if (request.Headers.IfMatch.Count == 0
            || await changes.FindAsync(tenant, id, cancellationToken) is not { } subscription)
        {
            return null;
        }

        var (wanted, _) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.RotationRequest, MaxBytes, cancellationToken);
        return wanted is not null && IsAfter(wanted, subscription)
            && await changes.IsInForceAsync(subscription, wanted.Secret, cancellationToken)
            ? SubscriptionAnswer.Ok(
                request.HttpContext, subscription, SubscriptionView.Of(subscription, time.GetUtcNow()))
            : null;
    }

    // Whether the earlier secrets sign for as long as was asked for.
    static bool IsAfter(RotationRequest wanted, Subscription subscription) =>
        OverlapOf(wanted) is var overlap && OverlapFault(wanted.OverlapHours) is null
        && (subscription.EarlierSecrets is not [var newest, ..]
            || (overlap > TimeSpan.Zero && newest.SignsUntil == subscription.SecretCreatedAt + overlap));

    static TimeSpan OverlapOf(RotationRequest wanted) =>
        TimeSpan.FromHours(wanted.OverlapHours ?? SecretRotation.DefaultOverlapHours);

    static FieldError? OverlapFault(int? hours) => hours is < 0 or > SecretRotation.MaxOverlapHours
        ? new FieldError(
            "/overlapHours", FieldErrorCode.OutOfRange,
            $"An overlap has 0 to {SecretRotation.MaxOverlapHours} hours; 0 ends the secrets until now at once.")
        : null;
}

/// <summary>How a secret is to be rotated.</summary>
internal sealed record RotationRequest
{
    /// <summary>A secret of the customer's own; one is generated without it.</summary>
    public string? Secret { get; init; }

    /// <summary>
    /// How long the secrets until now go on signing beside it, 0 to <see cref="SecretRotation.MaxOverlapHours"/>.
    /// </summary>
    public int? OverlapHours { get; init; }
}
