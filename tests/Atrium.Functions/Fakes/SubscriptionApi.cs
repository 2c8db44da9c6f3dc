using System.Text.Json;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The functions of the admin API over tables and a vault in memory.</summary>
sealed class SubscriptionApi : AppRig
{
    public SubscriptionStore Store => Get<SubscriptionStore>();

    /// <summary>What changes carry as <c>If-None-Match</c>.</summary>
    public string? ChangesUnless { get; set; }

    public Task<HttpAnswer> CreateAsync(object wanted, string tenant = Some.Tenant, string? key = null) =>
        CreateRawAsync(BinaryData.FromString(JsonSerializer.Serialize(wanted)), tenant, key);

    public Task<HttpAnswer> CreateRawAsync(string body, string tenant = Some.Tenant) =>
        CreateRawAsync(BinaryData.FromString(body), tenant);

    public Task<HttpAnswer> CreateRawAsync(BinaryData body, string tenant = Some.Tenant, string? key = null)
    {
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/subscriptions", body);
        if (key is not null)
        {
            request.Headers["Idempotency-Key"] = key;
        }

        return HttpCall.AnswerAsync(request, Get<CreateSubscriptionFunction>().RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> ListAsync(string tenant = Some.Tenant, string query = "")
    {
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/subscriptions{query}");
        return HttpCall.AnswerAsync(request, Get<ListSubscriptionsFunction>().RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> GetAsync(string id, string tenant = Some.Tenant, string? ifNoneMatch = null) =>
        CallAsync("GET", tenant, id, "", null, null, request =>
    {
        request.Headers.IfNoneMatch = ifNoneMatch;
        return Get<GetSubscriptionFunction>().RunAsync(request, tenant, id, default);
    });

    public Task<HttpAnswer> ReplaceAsync(
        string id, object wanted, string? ifMatch = "*", string tenant = Some.Tenant) =>
        CallAsync(
            "PUT", tenant, id, "", ifMatch, wanted,
            request => Get<ReplaceSubscriptionFunction>().RunAsync(request, tenant, id, default));

    public Task<HttpAnswer> PatchAsync(
        string id, object wanted, string? ifMatch = "*", string tenant = Some.Tenant,
        string contentType = "application/merge-patch+json", string? ifNoneMatch = null) =>
        CallAsync("PATCH", tenant, id, "", ifMatch, wanted, request =>
    {
        request.Headers.IfNoneMatch = ifNoneMatch ?? ChangesUnless;
        return Get<PatchSubscriptionFunction>().RunAsync(request, tenant, id, default);
    }, contentType);

    public Task<HttpAnswer> RotateAsync(string id, object wanted, string? ifMatch = "*", string tenant = Some.Tenant) =>
        CallAsync(
            "POST", tenant, id, "/secret/rotate", ifMatch, wanted,
            request => Get<RotateSecretFunction>().RunAsync(request, tenant, id, default));

    public Task<HttpAnswer> RemoveSecretAsync(string id, string? ifMatch = "*", string tenant = Some.Tenant) =>
        CallAsync(
            "DELETE", tenant, id, "/secret", ifMatch, null,
            request => Get<RemoveSecretFunction>().RunAsync(request, tenant, id, default));

    public Task<HttpAnswer> DeleteAsync(string id, string tenant = Some.Tenant, string? ifMatch = "*") =>
        CallAsync(
            "DELETE", tenant, id, "", ifMatch, null,
            request => Get<DeleteSubscriptionFunction>().RunAsync(request, tenant, id, default));

    public Task PurgeAsync() => Get<SecretPurge>().RunAsync(default);

    /// <summary>What would sign a delivery now, as text, the secret in force first.</summary>
    public async Task<IReadOnlyList<string>> SigningAsync(string id) =>
        [.. (await Get<SigningKeys>().GetAsync(
            (await Store.FindAsync(Some.Tenant, id, default))!.SigningAt(Time.GetUtcNow()), default))
            .Select(secret => secret.Reveal())];

    /// <summary>The headers that a delivery would carry now.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HeadersAsync(string id) =>
        await Get<HeaderValues>().GetAsync((await Store.FindAsync(Some.Tenant, id, default))!.Headers?.Values, default);

    // What is given as text is sent as it is.
    Task<HttpAnswer> CallAsync(
        string method, string tenant, string id, string rest, string? ifMatch, object? wanted,
        Func<HttpRequest, Task<IResult>> run, string contentType = "application/json")
    {
        var body = wanted is null ? null
            : wanted as BinaryData ?? BinaryData.FromString(wanted as string ?? JsonSerializer.Serialize(wanted));
        var request = HttpCall.Of(method, $"/api/tenants/{tenant}/subscriptions/{id}{rest}", body, contentType);
        if (ifMatch is not null)
        {
            request.Headers.IfMatch = ifMatch;
            request.Headers.IfNoneMatch = ChangesUnless;
        }

        return HttpCall.AnswerAsync(request, run(request));
    }
}
