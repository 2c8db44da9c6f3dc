using System.Collections.Frozen;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace Atrium.Functions.Subscriptions;

/// <summary>Changes parts of a subscription.</summary>
internal sealed class PatchSubscriptionFunction(SubscriptionChanges changes, HeaderValues values)
{
    static readonly string[] MediaTypes = ["application/merge-patch+json", "application/json"];

    /// <summary>
    /// <c>PATCH /api/tenants/{tenant}/subscriptions/{id}</c> with <c>If-Match</c>: 200 with the subscription, 400 with
    /// what to change, 404, 412, 415 or 428. The body is a JSON Merge Patch (RFC 7396): a field or a header left out
    /// stays as it is, and null removes it.
    /// </summary>
    [Function("PatchSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "patch", Route = "tenants/{tenant}/subscriptions/{id}")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        var (subscription, refusal) = await changes.FindAsync(request, tenant, id, cancellationToken);
        if (subscription is null)
        {
            return refusal!;
        }

        if (request.ContentType is { } given
            && (!MediaTypeHeaderValue.TryParse(given, out var type)
                || !MediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)))
        {
            return Problem.UnsupportedMediaType($"Send the change as {string.Join(" or ", MediaTypes)} (RFC 7396).");
        }

        var (patch, unreadable) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.SubscriptionPatch, CreateSubscriptionFunction.MaxBytes,
            cancellationToken);
        if (patch is null)
        {
            return unreadable!;
        }

        var before = patch.MergesHeaders()
            ? await values.GetAsync(subscription.Headers?.Values, cancellationToken)
            : FrozenDictionary<string, string>.Empty;
        var (settings, errors) = patch.ApplyTo(subscription, before);
        return settings is null
            ? Problem.BadRequest("The change is not valid.", errors)
            : await changes.SaveAsync(
                request.HttpContext, subscription, settings, patch.KeepsHeaders(), cancellationToken);
    }
}
