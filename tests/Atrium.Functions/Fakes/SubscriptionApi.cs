using System.Text.Json;
using Atrium.Functions.Egress;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The functions of the admin API over tables and a vault in memory.</summary>
sealed class SubscriptionApi
{
    readonly CreateSubscriptionFunction _create;
    readonly ListSubscriptionsFunction _list;
    readonly GetSubscriptionFunction _get;
    readonly DeleteSubscriptionFunction _delete;

    public SubscriptionApi()
    {
        Tables = new FakeTables(Journal);
        Vault = new FakeVault(Journal);
        var store = new SubscriptionStore(Tables);
        var vault = new SecretVault(Vault);
        _create = new(new NewSubscription(store, vault, Options.Create(new EgressOptions()), Time));
        _list = new(store);
        _get = new(store);
        _delete = new(store, vault);
    }

    public Journal Journal { get; } = new();

    public SteppedTime Time { get; } = new(Some.Time);

    public FakeTables Tables { get; }

    public FakeVault Vault { get; }

    public Task<HttpAnswer> CreateAsync(object wanted, string tenant = Some.Tenant) => CreateRawAsync(JsonSerializer.Serialize(wanted), tenant);

    public Task<HttpAnswer> CreateRawAsync(string body, string tenant = Some.Tenant) => CreateRawAsync(BinaryData.FromString(body), tenant);

    public Task<HttpAnswer> CreateRawAsync(BinaryData body, string tenant = Some.Tenant)
    {
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/subscriptions", body);
        return HttpCall.AnswerAsync(request, _create.RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> ListAsync(string tenant = Some.Tenant)
    {
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/subscriptions");
        return HttpCall.AnswerAsync(request, _list.RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> GetAsync(string id, string tenant = Some.Tenant)
    {
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/subscriptions/{id}");
        return HttpCall.AnswerAsync(request, _get.RunAsync(request, tenant, id, default));
    }

    public Task<HttpAnswer> DeleteAsync(string id, string tenant = Some.Tenant)
    {
        var request = HttpCall.Of("DELETE", $"/api/tenants/{tenant}/subscriptions/{id}");
        return HttpCall.AnswerAsync(request, _delete.RunAsync(request, tenant, id, default));
    }
}
