using System.Net;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class SubscriptionApiTests : IDisposable
{
    static readonly string[] All = ["*"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_subscription_is_made_and_shown_again_as_it_was_made()
    {
        var made = await _api.CreateAsync(
            Wanted("https://crm.example.com/hooks?key=1", "visitor.checked_in", "visitor.checked_out"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var id = Id(made);
        Assert.True(SubscriptionId.IsValid(id));
        Assert.Equal($"/api/tenants/acme/subscriptions/{id}", made.Location);
        var shown = await _api.GetAsync(id);
        Assert.Equal(HttpStatusCode.OK, shown.Status);
        Assert.Equal("https://crm.example.com/hooks?key=1", shown.Json.GetProperty("url").GetString());
        Assert.Equal(
            ["visitor.checked_in", "visitor.checked_out"],
            shown.Json.GetProperty("events").EnumerateArray().Select(name => name.GetString()));
        Assert.False(shown.Json.GetProperty("hasSecret").GetBoolean());
        Assert.Equal(Some.Time, shown.Json.GetProperty("createdAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_list_is_oldest_first()
    {
        var ids = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            ids.Add(Id(await CreateAsync()));
            _api.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            ids, (await _api.ListAsync()).Json.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Before_the_first_subscription_the_list_is_empty() =>
        Assert.Equal(0, (await _api.ListAsync()).Json.GetProperty("items").GetArrayLength());

    [Fact]
    public async Task A_deleted_subscription_is_gone()
    {
        var id = Id(await CreateAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await _api.DeleteAsync(id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync(id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.DeleteAsync(id)).Status);
        Assert.Equal(0, (await _api.ListAsync()).Json.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a'b")]
    [InlineData("x' or PartitionKey ne '")]
    public async Task What_is_no_tenant_reaches_no_table(string tenant)
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.CreateAsync(Wanted(events: "*"), tenant)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ListAsync(tenant)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync(Some.SubscriptionId, tenant)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.DeleteAsync(Some.SubscriptionId, tenant)).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _api.ReplaceAsync(Some.SubscriptionId, Wanted(events: "*"), tenant: tenant)).Status);
        Assert.Equal(
            HttpStatusCode.NotFound, (await _api.PatchAsync(Some.SubscriptionId, "{}", tenant: tenant)).Status);
        Assert.Equal(
            HttpStatusCode.NotFound, (await _api.RotateAsync(Some.SubscriptionId, "{}", tenant: tenant)).Status);
        Assert.Equal(
            HttpStatusCode.NotFound, (await _api.RemoveSecretAsync(Some.SubscriptionId, tenant: tenant)).Status);
        Assert.Empty(_api.Tables.Calls);
    }

    [Fact]
    public async Task What_is_no_id_is_not_found_and_reaches_no_table()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync("../x")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.DeleteAsync("../x")).Status);
        // Other rows of the tenant's partition.
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync("guard")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.PatchAsync("guard", "{}")).Status);
        Assert.Empty(_api.Tables.Calls);
    }

    [Fact]
    public async Task A_tenant_has_at_most_twenty()
    {
        for (var number = 0; number < SubscriptionAdmissions.MaxPerTenant; number++)
        {
            Assert.Equal(HttpStatusCode.Created, (await CreateAsync()).Status);
        }

        Assert.Equal(20, SubscriptionAdmissions.MaxPerTenant);
        var refused = await CreateAsync();
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("20", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await _api.CreateAsync(Wanted(events: "*"), "other")).Status);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        var answer = await _api.CreateRawAsync(
            "{\"url\":\"http://example.com\",\"events\":[\"x\"],\"secret\":\"short\"}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["/url", "/events", "/secret"], Pointers(answer));
        Assert.Empty(_api.Tables.Calls);
        Assert.Empty(_api.Vault.Secrets);
    }

    [Theory]
    [InlineData("http://example.com/hook")]
    [InlineData("https://10.0.0.4/hook")]
    [InlineData("https://localhost/hook")]
    [InlineData("https://user:pass@example.com/hook")]
    [InlineData("ftp://example.com")]
    [InlineData("example.com")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_url_that_events_may_not_go_to_is_refused(string? url) =>
        Assert.Equal(["/url"], Pointers(await _api.CreateAsync(Wanted(url, "*"))));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"url\":\"https://example.com\",\"events\":[\"*\"],\"generateSecrets\":true}")]
    [InlineData("{\"url\":\"https://example.com\",\"url\":\"https://example.org\",\"events\":[\"*\"]}")]
    [InlineData("{\"url\":1,\"events\":[\"*\"]}")]
    [InlineData("{\"url\":\"https://example.com\",\"events\":\"*\"}")]
    [InlineData("{\"url\":\"https://example.com\",\"events\":[1]}")]
    [InlineData("{\"url\":\"https://example.com\",\"events\":[null]}")]
    [InlineData("{\"url\":\"\\ud800\",\"events\":[\"*\"]}")]
    public async Task A_body_that_is_no_subscription_is_refused(string body)
    {
        var answer = await _api.CreateRawAsync(body);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Empty(_api.Tables.Calls);
    }

    [Fact]
    public async Task Invalid_utf8_is_refused_as_such_wherever_it_stands()
    {
        byte[][] bodies =
        [
            [.. "{\"url\":\"https://example.com/"u8, 0xFF, .. "\",\"events\":[\"*\"]}"u8],
            [.. "{\"name\":\"B"u8, 0xFC, .. "ro\",\"url\":\"https://example.com/\",\"events\":[\"*\"]}"u8],
            [.. "{\"headers\":{\"X-"u8, 0xFF, .. "\":\"v\"}}"u8],
            [.. "{\""u8, 0xC3, .. "\":1}"u8],
        ];
        var id = (await _api.CreateAsync(new { url = "https://example.com/", events = All })).Json
            .GetProperty("id").GetString()!;
        foreach (var body in bodies.Select(BinaryData.FromBytes))
        {
            AssertIsNoUtf8(await _api.CreateRawAsync(body));
            AssertIsNoUtf8(await _api.PatchAsync(id, body));
            AssertIsNoUtf8(await _api.RotateAsync(id, body));
        }

        static void AssertIsNoUtf8(HttpAnswer answer)
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            var error = Assert.Single(answer.Json.GetProperty("errors").EnumerateArray());
            Assert.Equal(
                ("", "invalid_json", "The body is not UTF-8."),
                (error.GetProperty("pointer").GetString(), error.GetProperty("code").GetString(),
                    error.GetProperty("detail").GetString()));
        }
    }

    [Fact]
    public async Task A_refusal_does_not_repeat_the_secret()
    {
        var answer = await _api.CreateRawAsync(
            "{\"url\":\"https://example.com\",\"events\":[\"*\"],\"secret\":{\"value\":\"c2VjcmV0\"}}");
        Assert.DoesNotContain("c2VjcmV0", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_32_kibibytes_is_refused() => Assert.Equal(
        HttpStatusCode.RequestEntityTooLarge,
        (await _api.CreateRawAsync(new string(' ', CreateSubscriptionFunction.MaxBytes + 1))).Status);

    [Fact]
    public async Task An_outage_is_thrown_and_makes_nothing()
    {
        _api.Tables.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(CreateAsync);
        await Assert.ThrowsAsync<RequestFailedException>(() => _api.ListAsync());
        await Assert.ThrowsAsync<RequestFailedException>(() => _api.GetAsync(Some.SubscriptionId));
        Assert.Empty(_api.Vault.Secrets);
    }

    static object Wanted(string? url = "https://example.com/hook", params string[] events) => new { url, events };

    Task<HttpAnswer> CreateAsync() => _api.CreateAsync(Wanted(events: "*"));

    static string Id(HttpAnswer answer) => answer.Json.GetProperty("id").GetString()!;

    static IEnumerable<string?> Pointers(HttpAnswer answer) =>
        answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString());
}
