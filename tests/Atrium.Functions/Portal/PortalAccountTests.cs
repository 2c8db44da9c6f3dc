using System.Net;
using Atrium.Functions.Access;
using Atrium.Functions.Portal;
using Atrium.Functions.Tests.Access;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Portal;

/// <summary>The portal for who is signed in by App Service Authentication, whose cookie every site can send.</summary>
public sealed class PortalAccountTests : IDisposable
{
    const string ObjectId = "http://schemas.microsoft.com/identity/claims/objectidentifier";

    readonly PortalApi _api = new();

    public PortalAccountTests() => _api.Rig.Get<IOptions<AccessOptions>>().Value.SignedInUsers = true;

    public static TheoryData<string> Changes =>
        [.. PortalRoutes.All.Where(route => route.Method != "GET").Select(route => route.Operation)];

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task An_account_gets_the_tenant_of_its_claim_and_may_do_everything()
    {
        var answer = await AskAsync("GET", "session", Principal.Of(("tenant", "acme"), (ObjectId, "0a1b")));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("acme", answer.Json.GetProperty("tenant").GetString());
        Assert.Equal("0a1b", answer.Json.GetProperty("actor").GetString());
        Assert.Equal("account", answer.Json.GetProperty("signedInBy").GetString());
        Assert.Equal(4, answer.Json.GetProperty("rights").GetArrayLength());
    }

    [Fact]
    public async Task While_the_setting_is_off_the_header_says_nothing()
    {
        _api.Rig.Get<IOptions<AccessOptions>>().Value.SignedInUsers = false;

        Assert.Equal(
            HttpStatusCode.Unauthorized, (await AskAsync("GET", "session", Principal.OfTenant("acme"))).Status);
    }

    [Fact]
    public async Task An_account_without_a_tenant_is_refused_and_told_why()
    {
        var answer = await AskAsync("GET", "session", Principal.Of());

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("tenant", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("GET", "session", "no base64!")).Status);
    }

    [Fact]
    public async Task A_token_that_is_no_good_is_not_made_good_by_an_account() => Assert.Equal(
        HttpStatusCode.Unauthorized,
        (await _api.CallAsync("GET", "session", "atp_AAAA", change: request =>
            request.Headers[ClientPrincipal.Header] = Principal.OfTenant("acme"))).Status);

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Nothing_is_changed_at_another_sites_bidding(string operation)
    {
        var route = PortalRoutes.All.Single(one => one.Operation == operation);
        var path = await _api.PathAsync(route, Some.Tenant);

        await ForeignAsync([]);
        await ForeignAsync([("x-atrium-portal", "0")]);
        await ForeignAsync([("x-atrium-portal", "1"), ("Sec-Fetch-Site", "cross-site")]);
        await ForeignAsync([("x-atrium-portal", "1"), ("Sec-Fetch-Site", "same-site")]);
        await ForeignAsync([("Sec-Fetch-Site", "same-origin")]);
        Assert.NotEqual(
            HttpStatusCode.Forbidden,
            (await AskAsync(
                route.Method, path, Principal.OfTenant("acme"), PortalApi.BodyFor(operation),
                ("x-atrium-portal", "1"), ("Sec-Fetch-Site", "same-origin"))).Status);

        async Task ForeignAsync((string, string)[] headers)
        {
            var answer = await AskAsync(
                route.Method, path, Principal.OfTenant("acme"), PortalApi.BodyFor(operation), headers);
            Assert.Equal((HttpStatusCode.Forbidden, "no-store"), (answer.Status, answer.CacheControl));
        }
    }

    [Theory]
    [InlineData("acme/0a1b", HttpStatusCode.Created)]
    [InlineData("1", HttpStatusCode.Created)]
    [InlineData("globex/0a1b", HttpStatusCode.Forbidden)]
    [InlineData("acme/0a1c", HttpStatusCode.Forbidden)]
    [InlineData("acme", HttpStatusCode.Forbidden)]
    public async Task A_page_that_was_opened_for_one_account_does_nothing_for_another(
        string openedFor, HttpStatusCode status)
    {
        var principal = Principal.Of(("tenant", "acme"), (ObjectId, "0a1b"));

        var made = await AskAsync(
            "POST", "subscriptions", principal, PortalApi.BodyFor("CreateSubscription"),
            ("x-atrium-portal", openedFor));
        var seen = await AskAsync("GET", "subscriptions", principal, null, ("x-atrium-portal", openedFor));

        Assert.Equal(status, made.Status);
        Assert.Equal(status == HttpStatusCode.Forbidden, seen.Status == HttpStatusCode.Forbidden);
        if (status == HttpStatusCode.Forbidden)
        {
            Assert.Equal("other_session", made.Json.GetProperty("code").GetString());
            var stored = (await AskAsync("GET", "subscriptions", principal)).Json;
            Assert.Empty(stored.GetProperty("items").EnumerateArray());
        }
    }

    [Theory]
    [InlineData("acme/caf%C3%A9%20%2F%20%27x%27", HttpStatusCode.OK)]
    [InlineData("acme/cafe", HttpStatusCode.Forbidden)]
    public async Task The_same_holds_for_a_token_whose_actor_may_have_any_characters(
        string openedFor, HttpStatusCode status) => Assert.Equal(
        status,
        (await _api.CallAsync(
            "GET", "session", await _api.TokenAsync(actor: "café / 'x'"),
            change: request => request.Headers["x-atrium-portal"] = openedFor)).Status);

    [Fact]
    public async Task To_look_and_for_a_token_no_header_is_asked_for()
    {
        Assert.Equal(
            HttpStatusCode.OK, (await AskAsync("GET", "subscriptions", Principal.OfTenant("acme"))).Status);
        Assert.Equal(
            HttpStatusCode.OK, (await AskAsync("HEAD", "subscriptions", Principal.OfTenant("acme"))).Status);
        Assert.Equal(
            HttpStatusCode.Created,
            (await _api.CallAsync(
                "POST", "subscriptions", await _api.TokenAsync(), PortalApi.BodyFor("CreateSubscription"))).Status);
    }

    Task<HttpAnswer> AskAsync(
        string method, string path, string principal, object? body = null,
        params (string Name, string Value)[] headers) =>
        _api.CallAsync(method, path, null, body, request =>
        {
            request.Headers[ClientPrincipal.Header] = principal;
            foreach (var (name, value) in headers)
            {
                request.Headers[name] = value;
            }
        });
}
