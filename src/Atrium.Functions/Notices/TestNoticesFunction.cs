using System.Collections.Frozen;
using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.TestWebhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Notices;

/// <summary>Tests the place where a tenant gets its notices, as it is saved or before.</summary>
internal sealed class TestNoticesFunction(
    SubscriptionStore store, SigningKeys keys, TestSending sending, IOptions<EgressOptions> egress, TimeProvider time)
{
    const string NoSecret = "Notices are always signed. Send the secret that you will save.";

    /// <summary>
    /// <c>POST /api/tenants/{tenant}/notices/test</c>: 200 with the whole exchange, whatever the endpoint did; 400 with
    /// what to change, 404, or 429 when there were too many. The sample goes to the stored URL, signed with the stored
    /// secrets, whether or not notices are switched on, unless the request has others.
    /// </summary>
    [Function("TestNotices")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/notices/test")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return NoticesAnswer.NotFound();
        }

        var (wanted, unreadable) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.NoticesTestRequest, PutNoticesFunction.MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return unreadable!;
        }

        var url = wanted.Url is null ? (UrlValidation?)null : EndpointUrl.ValidateNew(wanted.Url, egress.Value);
        var (secret, secretFault) = SecretChoice.Of(wanted.Secret);
        var errors = FieldError.Found(
            FieldError.OfChoice("/event", wanted.Event, NoticeEvent.Names), url?.Fault("/url"), secretFault);
        if (errors.Count > 0)
        {
            return NotValid(errors);
        }

        var notices = url is null || secret is null
            ? await store.FindAsync(tenant, SubscriptionId.Notices, cancellationToken)
            : null;
        if (notices is null && url is null)
        {
            return NoticesAnswer.NotFound();
        }

        if (notices is null && secret is null)
        {
            return NotValid([new FieldError("/secret", FieldErrorCode.Missing, NoSecret)]);
        }

        var secrets = secret is not null ? [secret]
            : await keys.GetAsync(notices!.SigningAt(time.GetUtcNow()), cancellationToken);
        return await sending.AnswerAsync(
            tenant, url?.Url!.Uri.AbsoluteUri ?? notices!.Url, secrets, FrozenDictionary<string, string>.Empty,
            wanted.Event!, request.HttpContext, cancellationToken);
    }

    static IResult NotValid(IReadOnlyList<FieldError> errors) => Problem.BadRequest("The test is not valid.", errors);
}
