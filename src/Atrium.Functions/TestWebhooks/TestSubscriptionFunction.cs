using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.TestWebhooks;

/// <summary>Tests a subscription as it is saved.</summary>
internal sealed class TestSubscriptionFunction(
    SubscriptionStore subscriptions, SigningKeys keys, HeaderValues headers, TestSending sending, TimeProvider time)
{
    /// <summary>The largest request, in bytes: it has one name in it.</summary>
    public const int MaxBytes = 1024;

    /// <summary>
    /// <c>POST /api/tenants/{tenant}/subscriptions/{id}/test</c>: 200 with the whole exchange, whatever the endpoint
    /// did; 400, 404, or 429 when there were too many. The sample goes to the stored URL, signed with the stored
    /// secrets and with the stored headers, whether or not the subscription takes the event.
    /// </summary>
    [Function("TestSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post",
            Route = "tenants/{tenant}/subscriptions/{id}/test")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant) || !SubscriptionId.IsForEvents(id))
        {
            return SubscriptionChanges.NotFound();
        }

        var (wanted, refusal) = await JsonRequest.ReadAsync(
            request, TestWebhookJson.Default.StoredTestRequest, MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return refusal!;
        }

        if (SampleChoice.Fault(wanted.Event) is { } fault)
        {
            return Problem.BadRequest("The test is not valid.", fault);
        }

        if (await subscriptions.FindAsync(tenant, id, cancellationToken) is not { } subscription)
        {
            return SubscriptionChanges.NotFound();
        }

        var secrets = await keys.GetAsync(subscription.SigningAt(time.GetUtcNow()), cancellationToken);
        var values = await headers.GetAsync(subscription.Headers?.Values, cancellationToken);
        return await sending.AnswerAsync(
            tenant, subscription.Url, secrets, values, wanted.Event!, request.HttpContext, cancellationToken);
    }
}

/// <summary>How a subscription that is saved is to be tested.</summary>
internal sealed record StoredTestRequest
{
    /// <summary>Of which event a sample is sent.</summary>
    public string? Event { get; init; }
}
