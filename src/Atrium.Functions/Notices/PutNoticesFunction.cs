using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Notices;

/// <summary>Sets where a tenant gets its notices.</summary>
internal sealed class PutNoticesFunction(
    SubscriptionStore store, SubscriptionChanges changes, SecretVault vault, IOptions<EgressOptions> egress,
    TimeProvider time)
{
    /// <summary>The largest request, in bytes: a URL of full length and a secret take half of it.</summary>
    public const int MaxBytes = 8 * 1024;

    const string NoSecret =
        "Notices are always signed. Send a secret, or generateSecret: true to have one generated.";

    /// <summary>
    /// <c>PUT /api/tenants/{tenant}/notices</c>: 201 when it is set for the first time; with <c>If-Match</c> 200, 412
    /// or 428; 400 with what to change. Without a secret, the current one stays. After a new one, the earlier secrets
    /// also sign for a day. Unless a secret is generated, it can be sent again when the answer was lost.
    /// </summary>
    [Function("PutNotices")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "tenants/{tenant}/notices")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var (wanted, unreadable) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.NoticesRequest, MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return unreadable!;
        }

        var before = await store.FindAsync(tenant, SubscriptionId.Notices, cancellationToken);
        var refusal = before is not null ? EntityTag.Refusal(request, before.Version)
            : request.Headers.IfMatch.Count > 0 ? Problem.PreconditionFailed()
            : null;
        var url = EndpointUrl.ValidateNew(wanted.Url, egress.Value);
        if (refusal is not null)
        {
            return before is not null && await IsDoneAsync(request, before, wanted, url, cancellationToken)
                ? TypedResults.Ok(NoticesView.Shown(request.HttpContext, before, time.GetUtcNow(), null))
                : refusal;
        }

        var (secret, secretFault) = SecretChoice.Of(wanted.Secret, wanted.GenerateSecret);
        var missing = before is null && secret is null && secretFault is null
            ? new FieldError("/secret", FieldErrorCode.Missing, NoSecret)
            : null;
        var errors = FieldError.Found(url.Fault("/url"), secretFault, missing);
        if (errors.Count > 0)
        {
            return Problem.BadRequest("The settings of notices are not valid.", errors);
        }

        var now = time.GetUtcNow();
        var after = (before ?? New(tenant, now)) with
        {
            Url = url.Url!.Uri.AbsoluteUri,
            Events = wanted.Enabled == false ? [] : NoticeEvent.Names,
            EnabledAt = before?.Takes(NoticeEvent.Failing) == false && wanted.Enabled != false
                ? now
                : before?.EnabledAt,
        };
        var same = wanted.Secret is null ? [] : await changes.SameAsync(after, secret!, cancellationToken);
        if (secret is not null && !(after.Secret is { } current && same.Contains(current)))
        {
            after = after with
            {
                Secret = await vault.StoreAsync(new(tenant, SubscriptionId.Notices), secret, cancellationToken),
                SecretCreatedAt = now,
                EarlierSecrets =
                [
                    .. after.AfterRotation(now, TimeSpan.FromHours(SecretRotation.DefaultOverlapHours), same)
                        .Take(SecretRotation.MaxEarlier),
                ],
            };
        }

        if (await SaveAsync(before, after, cancellationToken) is not { } saved)
        {
            return Problem.PreconditionFailed();
        }

        var view = NoticesView.Shown(
            request.HttpContext, saved, now, wanted.GenerateSecret ? secret!.Reveal() : null);
        return before is null ? TypedResults.Created(request.Path, view) : TypedResults.Ok(view);
    }

    // By the same request before, whose answer was lost. RFC 9110, 13.1.1, has the answer be as the first was. What is
    // set for the first time names no version; the secret tells whose it is.
    async Task<bool> IsDoneAsync(
        HttpRequest request, Subscription stored, NoticesRequest wanted, UrlValidation url,
        CancellationToken cancellationToken) =>
        !wanted.GenerateSecret
        && url.Url?.Uri.AbsoluteUri == stored.Url
        && (wanted.Enabled != false) == stored.Takes(NoticeEvent.Failing)
        && (wanted.Secret is null
            ? request.Headers.IfMatch.Count > 0
            : await changes.IsInForceAsync(stored, wanted.Secret, cancellationToken));

    static Subscription New(string tenant, DateTimeOffset now) =>
        new() { Tenant = tenant, Id = SubscriptionId.Notices, Url = "", Events = [], CreatedAt = now };

    async Task<Subscription?> SaveAsync(Subscription? before, Subscription after, CancellationToken cancellationToken)
    {
        if (before is not null)
        {
            return await changes.SaveAsync(before, after, cancellationToken);
        }

        if (await store.AddAsync(after, [], cancellationToken) is { } added)
        {
            return added;
        }

        await changes.ForgetUnsavedAsync(null, after, cancellationToken);
        return null;
    }
}
