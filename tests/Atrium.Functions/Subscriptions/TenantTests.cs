using System.Net;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using CsCheck;

namespace Atrium.Functions.Tests.Subscriptions;

/// <summary>One tenant's path reads and touches nothing of another's, on every route of this folder.</summary>
public sealed class TenantTests : IDisposable
{
    static readonly string[] All = ["*"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("other")]
    [InlineData("acm")]
    [InlineData("acme2")]
    [InlineData("Acme")]
    public async Task Anothers_subscription_is_not_found_by_any_route_and_stays_as_it_was(string stranger)
    {
        var id = await CreateAsync(Some.Tenant);
        var rows = Rows();
        var vault = _api.Vault.Secrets;
        var calls = new Func<string, Task<HttpAnswer>>[]
        {
            tenant => _api.GetAsync(id, tenant),
            tenant => _api.ReplaceAsync(id, new { url = "https://evil.example/", events = All }, tenant: tenant),
            tenant => _api.PatchAsync(id, new { url = "https://evil.example/" }, tenant: tenant),
            tenant => _api.PatchAsync(id, new { headers = new { X_Key = "evil" } }, tenant: tenant),
            tenant => _api.RotateAsync(id, new { overlapHours = 0 }, tenant: tenant),
            tenant => _api.RemoveSecretAsync(id, tenant: tenant),
            tenant => _api.DeleteAsync(id, tenant),
        };
        foreach (var call in calls)
        {
            var answer = await call(stranger);
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.Status, answer.ContentType));
            Assert.DoesNotContain("example.com", answer.Text, StringComparison.Ordinal);
        }

        Assert.Empty((await _api.ListAsync(stranger)).Json.GetProperty("items").EnumerateArray());
        Assert.Equal(rows, Rows());
        Assert.Equal(vault, _api.Vault.Secrets);
    }

    [Fact]
    public Task The_store_reads_and_writes_one_partition_whatever_is_asked() =>
        Gen.Select(Gen.OneOfConst("a", "b", "ab", "A"), Gen.OneOfConst("a", "b", "ab", "A"), Gen.Int[0, 6])
            .SampleAsync(async drawn =>
        {
            var (owner, caller, which) = drawn;
            using var api = new SubscriptionApi();
            var id = await CreateAsync(api, owner);
            await CreateAsync(api, caller);
            var before = api.Tables.Table("Subscriptions").Rows.Where(
                row => row.PartitionKey == owner && row.RowKey == id).Select(row => row.ETag).Single();
            await (which switch
            {
                0 => api.ListAsync(caller),
                1 => api.GetAsync(id, caller),
                2 => api.ReplaceAsync(id, new { url = "https://example.org/", events = All }, tenant: caller),
                3 => api.PatchAsync(id, new { name = "x" }, tenant: caller),
                4 => api.RotateAsync(id, new { }, tenant: caller),
                5 => api.RemoveSecretAsync(id, tenant: caller),
                _ => api.DeleteAsync(id, caller),
            });
            var after = api.Tables.Table("Subscriptions").Rows.Where(
                row => row.PartitionKey == owner && row.RowKey == id).Select(row => row.ETag).SingleOrDefault();
            Assert.Equal(owner == caller && which > 1, before != after);
        }, iter: 200);

    [Fact]
    public async Task One_tenants_number_of_subscriptions_is_no_matter_of_anothers()
    {
        for (var number = 0; number < SubscriptionAdmissions.MaxPerTenant; number++)
        {
            await CreateAsync(Some.Tenant);
        }

        await CreateAsync("other");
        Assert.Single((await _api.ListAsync("other")).Json.GetProperty("items").EnumerateArray());
    }

    Task<string> CreateAsync(string tenant) => CreateAsync(_api, tenant);

    static async Task<string> CreateAsync(SubscriptionApi api, string tenant)
    {
        var made = await api.CreateAsync(
            new
            {
                url = "https://example.com/hook",
                events = All,
                headers = new { X_Key = "k" },
                generateSecret = true
            }, tenant);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return made.Json.GetProperty("id").GetString()!;
    }

    IEnumerable<(string, string, string)> Rows() =>
        _api.Tables.Table("Subscriptions").Rows.Select(row => (row.PartitionKey, row.RowKey, row.ETag.ToString()));
}
