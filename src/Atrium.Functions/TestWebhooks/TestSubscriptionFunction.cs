using System.Collections.Frozen;
using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.TestWebhooks;

/// <summary>Tests a subscription as it is saved, or with changes that are not.</summary>
internal sealed class TestSubscriptionFunction(
    SubscriptionStore subscriptions, SigningKeys keys, HeaderValues headers, TestSending sending,
    IOptions<EgressOptions> egress, TimeProvider time)
{
    /// <summary>The largest request, in bytes: as for a subscription.</summary>
    public const int MaxBytes = CreateSubscriptionFunction.MaxBytes;

    /// <summary>
    /// <c>POST /api/tenants/{tenant}/subscriptions/{id}/test</c>: 200 with the whole exchange, whatever the endpoint
    /// did; 400 with what to change, 404, or 429 when there were too many. The sample is signed with the stored
    /// secrets, whether or not the subscription takes the event. It goes to the stored URL with the stored headers,
    /// unless the request has others.
    /// </summary>
    [Function("TestSubscription")]
    public Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post",
            Route = "tenants/{tenant}/subscriptions/{id}/test")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken) => TestAsync(request, tenant, id, mayManage: true, cancellationToken);

    /// <summary>
    /// The same for somebody of whom it is known whether they may change the subscription. Who may not has the stored
    /// values of headers sent to the stored URL alone: elsewhere on its host may be somebody else.
    /// </summary>
    public async Task<IResult> TestAsync(
        HttpRequest request, string tenant, string id, bool mayManage, CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant) || !SubscriptionId.IsForEvents(id))
        {
            return SubscriptionChanges.NotFound();
        }

        var (wanted, refusal) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.StoredTestRequest, MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return refusal!;
        }

        var url = wanted.Url is null ? (UrlValidation?)null : EndpointUrl.ValidateNew(wanted.Url, egress.Value);
        var errors = FieldError.Found(
            url?.Fault("/url"), FieldError.OfChoice("/event", wanted.Event, EventSelection.Names));
        if (errors.Count > 0)
        {
            return NotValid(errors);
        }

        if (await subscriptions.FindAsync(tenant, id, cancellationToken) is not { } subscription)
        {
            return SubscriptionChanges.NotFound();
        }

        var target = url?.Url!.Uri.AbsoluteUri ?? subscription.Url;
        if (wanted.HeaderFaults(subscription, target, mayManage).ToList() is { Count: > 0 } headerFaults)
        {
            return NotValid(headerFaults);
        }

        var stored = wanted.TakesStoredValues()
            ? await headers.GetAsync(subscription.Headers?.Values, cancellationToken)
            : null;
        var values = wanted.HeadersOver(stored);
        if (wanted.Headers is not null
            && HeaderRule.Faults(values, subscription.Headers?.Names).ToList() is { Count: > 0 } valueFaults)
        {
            return NotValid(valueFaults);
        }

        var secrets = await keys.GetAsync(subscription.SigningAt(time.GetUtcNow()), cancellationToken);
        return await sending.AnswerAsync(
            tenant, target, secrets, values.ToDictionary(header => header.Key, header => header.Value!), wanted.Event!,
            request.HttpContext, cancellationToken);
    }

    static IResult NotValid(IReadOnlyList<FieldError> errors) => Problem.BadRequest("The test is not valid.", errors);
}

/// <summary>How a subscription that is saved is to be tested.</summary>
internal sealed record StoredTestRequest
{
    const string ForAnotherHost =
        "The stored value was given for another host, which may be somebody else's. Send it again with this URL.";

    const string ForAnotherUrl =
        "The stored value was given for another URL of this host, which may be somebody else's. Send it again with "
        + "this URL. Without that, only who may change the subscription can test another URL with it.";

    /// <summary>Of which event a sample is sent.</summary>
    public string? Event { get; init; }

    /// <summary>Where the sample goes; to the stored URL without it.</summary>
    public string? Url { get; init; }

    /// <summary>
    /// All custom headers to send along, with their values; null stands for the stored value of that name. Without
    /// them, the stored headers go along.
    /// </summary>
    public IReadOnlyDictionary<string, string?>? Headers { get; init; }

    /// <summary>Whether stored values are needed.</summary>
    public bool TakesStoredValues() => Headers is null || Headers.Values.Contains(null);

    /// <summary>
    /// Stored values that would go to another host, as in a change of the URL; or to another URL, for somebody who may
    /// not change it.
    /// </summary>
    public IEnumerable<FieldError> HeaderFaults(Subscription subscription, string url, bool mayManage)
    {
        var isOfHost = subscription.HasOriginOf(url);
        var why = isOfHost ? ForAnotherUrl : ForAnotherHost;
        return subscription.Headers is null || (isOfHost && (mayManage || subscription.HasUrl(url))) ? []
            : Headers is null ? [new FieldError("/headers", FieldErrorCode.OtherHost, why)]
            : Headers.Where(header => header.Value is null && IsStored(subscription.Headers, header.Key))
                .Select(header => new FieldError(
                    FieldError.PointerTo("headers", header.Key), FieldErrorCode.OtherHost, why));
    }

    /// <summary>The headers to send, by name; null where there is no value of this name.</summary>
    /// <param name="stored">The stored values by name; null when none are needed.</param>
    public IReadOnlyDictionary<string, string?> HeadersOver(IReadOnlyDictionary<string, string>? stored)
    {
        // Names are the same in any case.
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in stored ?? FrozenDictionary<string, string>.Empty)
        {
            values[name] = value;
        }

        return Headers is null
            ? values
            : Headers.ToDictionary(
                header => header.Key, header => header.Value ?? values.GetValueOrDefault(header.Key));
    }

    // Names that cannot be read may be any.
    static bool IsStored(CustomHeaders headers, string name) =>
        headers.Names.Count == 0 || headers.Names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
