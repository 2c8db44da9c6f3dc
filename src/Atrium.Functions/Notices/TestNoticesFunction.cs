using System.Collections.Frozen;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.TestWebhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Notices;

/// <summary>Tests the place where a tenant gets its notices.</summary>
internal sealed class TestNoticesFunction(
    SubscriptionStore store, SigningKeys keys, TestSending sending, TimeProvider time)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/notices/test</c>: 200 with the whole exchange, whatever the endpoint did; 400,
    /// 404, or 429 when there were too many. The sample is signed with the stored secrets, whether or not notices are
    /// switched on.
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
            request, NoticesJson.Default.NoticesTestRequest, TestSubscriptionFunction.MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return unreadable!;
        }

        if (wanted.Event is null || !NoticeEvent.Names.Contains(wanted.Event))
        {
            return Problem.BadRequest("The test is not valid.", new FieldError(
                "/event", wanted.Event is null ? FieldErrorCode.Missing : FieldErrorCode.UnknownValue,
                $"Choose the notice of which a sample is sent: {string.Join(", ", NoticeEvent.Names)}."));
        }

        if (await store.FindAsync(tenant, SubscriptionId.Notices, cancellationToken) is not { } notices)
        {
            return NoticesAnswer.NotFound();
        }

        var secrets = await keys.GetAsync(notices.SigningAt(time.GetUtcNow()), cancellationToken);
        return await sending.AnswerAsync(
            tenant, notices.Url, secrets, FrozenDictionary<string, string>.Empty, wanted.Event, request.HttpContext,
            cancellationToken);
    }
}
