using System.Text.Json;
using Atrium.Functions.Egress;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The functions of the admin API over tables and a vault in memory.</summary>
sealed class SubscriptionApi : IDisposable
{
    readonly CreateSubscriptionFunction _create;
    readonly ListSubscriptionsFunction _list;
    readonly GetSubscriptionFunction _get;
    readonly ReplaceSubscriptionFunction _replace;
    readonly PatchSubscriptionFunction _patch;
    readonly RotateSecretFunction _rotate;
    readonly RemoveSecretFunction _removeSecret;
    readonly DeleteSubscriptionFunction _delete;
    readonly PurgeSecretsFunction _purge;

    public SubscriptionApi()
    {
        Tables = new FakeTables(Journal);
        Vault = new FakeVault(Journal, Time);
        Store = new SubscriptionStore(Tables);
        var vault = new SecretVault(Vault);
        var egress = Options.Create(new EgressOptions());
        var admissions = new SubscriptionAdmissions(Tables, Store, Time);
        var changes = new SubscriptionChanges(Store, vault, NullLogger<SubscriptionChanges>.Instance);
        var changed = new SettingsChange(changes, egress, Time);
        Keys = new SigningKeys(vault, Some.Metrics(), Time, NullLogger<SigningKeys>.Instance);
        Headers = new HeaderValues(vault, Some.Metrics(), Time);
        _create = new(new SubscriptionCreation(admissions, changes, vault, egress, Time), Time);
        _list = new(Store, Time);
        _get = new(Store, Time);
        _replace = new(changes, changed);
        _patch = new(changes, changed, Headers);
        _rotate = new(changes, vault, Time);
        _removeSecret = new(changes, Time);
        _delete = new(changes);
        _purge = new(
            Store, changes, admissions, vault, Time, NullLogger<PurgeSecretsFunction>.Instance);
    }

    public Journal Journal { get; } = new();

    public SteppedTime Time { get; } = new(Some.Time);

    public FakeTables Tables { get; }

    public FakeVault Vault { get; }

    public SubscriptionStore Store { get; }

    public SigningKeys Keys { get; }

    public HeaderValues Headers { get; }

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

        return HttpCall.AnswerAsync(request, _create.RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> ListAsync(string tenant = Some.Tenant, string query = "")
    {
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/subscriptions{query}");
        return HttpCall.AnswerAsync(request, _list.RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> GetAsync(string id, string tenant = Some.Tenant, string? ifNoneMatch = null) =>
        CallAsync("GET", tenant, id, "", null, null, request =>
    {
        request.Headers.IfNoneMatch = ifNoneMatch;
        return _get.RunAsync(request, tenant, id, default);
    });

    public Task<HttpAnswer> ReplaceAsync(
        string id, object wanted, string? ifMatch = "*", string tenant = Some.Tenant) =>
        CallAsync("PUT", tenant, id, "", ifMatch, wanted, request => _replace.RunAsync(request, tenant, id, default));

    public Task<HttpAnswer> PatchAsync(
        string id, object wanted, string? ifMatch = "*", string tenant = Some.Tenant,
        string contentType = "application/merge-patch+json", string? ifNoneMatch = null) =>
        CallAsync("PATCH", tenant, id, "", ifMatch, wanted, request =>
    {
        request.Headers.IfNoneMatch = ifNoneMatch ?? ChangesUnless;
        return _patch.RunAsync(request, tenant, id, default);
    }, contentType);

    public Task<HttpAnswer> RotateAsync(string id, object wanted, string? ifMatch = "*", string tenant = Some.Tenant) =>
        CallAsync(
            "POST", tenant, id, "/secret/rotate", ifMatch, wanted,
            request => _rotate.RunAsync(request, tenant, id, default));

    public Task<HttpAnswer> RemoveSecretAsync(string id, string? ifMatch = "*", string tenant = Some.Tenant) =>
        CallAsync(
            "DELETE", tenant, id, "/secret", ifMatch, null,
            request => _removeSecret.RunAsync(request, tenant, id, default));

    public Task<HttpAnswer> DeleteAsync(string id, string tenant = Some.Tenant, string? ifMatch = "*") =>
        CallAsync("DELETE", tenant, id, "", ifMatch, null, request => _delete.RunAsync(request, tenant, id, default));

    public Task PurgeAsync() => _purge.RunAsync(new TimerInfo(), default);

    /// <summary>What would sign a delivery now, as text, the secret in force first.</summary>
    public async Task<IReadOnlyList<string>> SigningAsync(string id) =>
        [.. (await Keys.GetAsync(
            (await Store.FindAsync(Some.Tenant, id, default))!.SigningAt(Time.GetUtcNow()), default))
            .Select(secret => secret.Reveal())];

    /// <summary>The headers that a delivery would carry now.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HeadersAsync(string id) =>
        await Headers.GetAsync((await Store.FindAsync(Some.Tenant, id, default))!.Headers?.Values, default);

    public void Dispose()
    {
        Keys.Dispose();
        Headers.Dispose();
    }

    // What is given as text is sent as it is.
    Task<HttpAnswer> CallAsync(
        string method, string tenant, string id, string rest, string? ifMatch, object? wanted,
        Func<HttpRequest, Task<IResult>> run, string contentType = "application/json")
    {
        var body = wanted is null ? null : BinaryData.FromString(wanted as string ?? JsonSerializer.Serialize(wanted));
        var request = HttpCall.Of(method, $"/api/tenants/{tenant}/subscriptions/{id}{rest}", body, contentType);
        if (ifMatch is not null)
        {
            request.Headers.IfMatch = ifMatch;
            request.Headers.IfNoneMatch = ChangesUnless;
        }

        return HttpCall.AnswerAsync(request, run(request));
    }
}
