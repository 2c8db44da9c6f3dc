using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.TestWebhooks;

/// <summary>Tests a webhook before it is saved.</summary>
internal sealed class TestWebhookFunction(TestSending sending, IOptions<EgressOptions> egress)
{
    /// <summary>The largest request, in bytes: as for a subscription.</summary>
    public const int MaxBytes = CreateSubscriptionFunction.MaxBytes;

    /// <summary>
    /// <c>POST /api/tenants/{tenant}/test-webhook</c>: 200 with the whole exchange, whatever the endpoint did; 400 with
    /// what to change; 429 when there were too many. URL, secret and headers are used once and kept nowhere.
    /// </summary>
    [Function("TestWebhook")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/test-webhook")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var (wanted, refusal) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.TestRequest, MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return refusal!;
        }

        var url = EndpointUrl.ValidateNew(wanted.Url, egress.Value);
        var headers = wanted.Headers ?? new Dictionary<string, string?>();
        var (secret, secretFault) = SecretChoice.Of(wanted.Secret);
        var errors = FieldError.Found(
        [
            url.Fault("/url"),
            .. HeaderRule.Faults(headers),
            FieldError.OfChoice("/event", wanted.Event, EventSelection.Names),
            secretFault,
        ]);
        return errors.Count > 0
            ? Problem.BadRequest("The test is not valid.", errors)
            : await sending.AnswerAsync(
                tenant,
                url.Url!.Uri.AbsoluteUri,
                secret is null ? [] : [secret],
                headers.ToDictionary(header => header.Key, header => header.Value!),
                wanted.Event!,
                request.HttpContext,
                cancellationToken);
    }
}

/// <summary>What is to be tested before it is saved.</summary>
internal sealed record TestRequest
{
    /// <summary>Where the sample goes.</summary>
    public string? Url { get; init; }

    /// <summary>The secret that signs it; without one, the sample is not signed.</summary>
    public string? Secret { get; init; }

    /// <summary>Custom headers to send along, with their values.</summary>
    public IReadOnlyDictionary<string, string?>? Headers { get; init; }

    /// <summary>Of which event a sample is sent.</summary>
    public string? Event { get; init; }
}
