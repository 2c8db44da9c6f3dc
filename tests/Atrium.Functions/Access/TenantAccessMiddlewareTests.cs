using System.Net;
using Atrium.Functions.Access;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Atrium.Functions.Tests.Access;

public sealed class TenantAccessMiddlewareTests
{
    const string InPath = "GetSubscription";

    readonly AccessOptions _options = new() { SignedInUsers = true };
    readonly FakeLogger<TenantAccessMiddleware> _logger = new();

    public static TheoryData<string> Functions => HttpFunction.Names;

    public static TheoryData<string> Unreadable =>
    [
        "",
        "no base64!",
        Principal.Encode(" "),
        Principal.Encode("null"),
        Principal.Encode("[]"),
        Principal.Encode("{}"),
        Principal.Encode("""{"claims":null}"""),
        Principal.Encode("""{"claims":{"typ":"tenant","val":"acme"}}"""),
        Principal.Encode("""{"claims":[{"typ":"tenant"}]}"""),
        Principal.Encode("""{"claims":[{"typ":"tenant","val":["acme"]}]}"""),
        Principal.Encode("""{"claims":[],"claims":[{"typ":"tenant","val":"acme"}]}"""),
        Principal.Encode("""{"claims":[{"typ":"tenant","val":"other","val":"acme"}]}"""),
        Principal.Encode("""{"claims":[{"typ":"tenant","val":"acme"}]"""),
    ];

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Without_the_header_it_is_the_back_end_to_which_every_tenant_is_open(string function) =>
        Assert.True(await IsLetThroughAsync(function, null, route: "other", query: "?tenant=third"));

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task While_the_setting_is_off_the_header_is_ignored(string function)
    {
        _options.SignedInUsers = false;

        Assert.True(
            await IsLetThroughAsync(function, Principal.OfTenant("acme"), route: "other", query: "?tenant=other"));
        Assert.True(await IsLetThroughAsync(function, "no base64!", route: "other"));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_signed_in_user_gets_the_own_tenant_everywhere(string function) =>
        Assert.True(
            await IsLetThroughAsync(function, Principal.OfTenant("acme"), route: "acme", query: "?tenant=acme"));

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_signed_in_user_gets_no_other_tenant_anywhere(string function)
    {
        var free = TenantScope.OfNone.Concat(TenantScope.ByOwnCheck).Contains(function);

        Assert.Equal(
            free, await IsLetThroughAsync(
            function, Principal.OfTenant("acme"), route: "other", query: "?tenant=other"));
        Assert.Equal(free, await IsLetThroughAsync(function, Principal.Of(), route: "acme", query: "?tenant=acme"));
    }

    [Theory]
    [InlineData("ACME")]
    [InlineData("acme ")]
    [InlineData("acme%20")]
    [InlineData("acme%2F..%2Fother")]
    [InlineData("acme\0")]
    [InlineData("ａｃｍｅ")]
    [InlineData("")]
    public async Task What_is_not_exactly_the_claim_is_another_tenant(string route) =>
        Assert.False(await IsLetThroughAsync(InPath, Principal.OfTenant("acme"), route));

    [Fact]
    public async Task A_tenant_in_the_query_does_not_stand_in_for_the_one_in_the_path()
    {
        Assert.False(
            await IsLetThroughAsync(InPath, Principal.OfTenant("acme"), route: "other", query: "?tenant=acme"));
        Assert.False(await IsLetThroughAsync(InPath, Principal.OfTenant("acme"), route: null, query: "?tenant=acme"));
        Assert.False(
            await IsLetThroughAsync("Ingest", Principal.OfTenant("acme"), route: "acme", query: "?tenant=other"));
    }

    [Theory]
    [InlineData("?tenant=acme&tenant=other")]
    [InlineData("?tenant=other&tenant=acme")]
    [InlineData("?tenant=acme&TENANT=other")]
    [InlineData("?Tenant=other")]
    [InlineData("?tenant=")]
    [InlineData("?tenant")]
    [InlineData("?tenant=acme,other")]
    [InlineData("?%74enant=other")]
    [InlineData("")]
    public async Task A_query_that_names_another_tenant_too_is_refused(string query) =>
        Assert.False(await IsLetThroughAsync("Ingest", Principal.OfTenant("acme"), route: null, query));

    [Fact]
    public async Task A_query_without_a_tenant_is_about_none() =>
        Assert.False(await IsLetThroughAsync("Ingest", Principal.OfTenant("default"), route: null));

    [Fact]
    public async Task Where_host_and_app_read_the_path_differently_neither_is_believed()
    {
        Assert.False(await IsLetThroughAsync(InPath, Principal.OfTenant("acme"), route: "acme", bound: "other"));
        Assert.False(await IsLetThroughAsync(InPath, Principal.OfTenant("acme"), route: "other", bound: "acme"));
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task A_header_that_cannot_be_read_opens_nothing(string header)
    {
        Assert.False(await IsLetThroughAsync(InPath, header, route: "acme"));
        Assert.False(await IsLetThroughAsync("GetLimits", header, route: null));
    }

    [Fact]
    public async Task Two_headers_open_nothing() =>
        Assert.False(
            await IsLetThroughAsync(
            InPath, new StringValues([Principal.OfTenant("acme"), Principal.OfTenant("acme")]), route: "acme"));

    [Fact]
    public async Task Claims_that_differ_open_nothing_and_those_that_agree_are_one()
    {
        Assert.False(
            await IsLetThroughAsync(InPath, Principal.Of(("tenant", "acme"), ("tenant", "other")), route: "acme"));
        Assert.False(
            await IsLetThroughAsync(InPath, Principal.Of(("tenant", "other"), ("tenant", "acme")), route: "acme"));
        Assert.True(
            await IsLetThroughAsync(InPath, Principal.Of(("tenant", "acme"), ("tenant", "acme")), route: "acme"));
    }

    [Theory]
    [InlineData("Tenant")]
    [InlineData("org")]
    public async Task Only_the_claim_that_the_setting_names_counts(string type)
    {
        Assert.False(await IsLetThroughAsync(InPath, Principal.Of((type, "acme")), route: "acme"));
        _options.TenantClaim = type;
        Assert.True(await IsLetThroughAsync(InPath, Principal.Of((type, "acme"), ("tenant", "other")), route: "acme"));
    }

    [Fact]
    public async Task A_claim_that_names_no_tenant_opens_nothing() =>
        Assert.False(await IsLetThroughAsync("Ingest", Principal.OfTenant(""), route: null, query: "?tenant="));

    [Fact]
    public async Task A_function_that_nobody_has_thought_of_is_refused() =>
        Assert.False(await IsLetThroughAsync("Unheard", Principal.OfTenant("acme"), route: null));

    [Fact]
    public async Task A_refusal_is_a_403_and_is_logged_without_names()
    {
        var http = Http(Principal.OfTenant("acme"), "other", "");
        Assert.False(await IsLetThroughAsync(InPath, http, null));

        var answer = HttpCall.Answer(http);
        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.DoesNotContain("acme", answer.Text + Assert.Single(_logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Functions_without_a_request_pass()
    {
        var ran = false;
        await Middleware().Invoke(new FakeFunctionContext(name: "Deliver"), _ =>
        {
            ran = true;
            return Task.CompletedTask;
        });
        Assert.True(ran);
    }

    TenantAccessMiddleware Middleware() => new(Options.Create(_options), _logger);

    Task<bool> IsLetThroughAsync(
        string function, StringValues? header, string? route, string query = "", string? bound = null) =>
        IsLetThroughAsync(function, Http(header, route, query), bound ?? route);

    async Task<bool> IsLetThroughAsync(string function, HttpContext http, string? bound)
    {
        var ran = false;
        var context = new FakeFunctionContext(
            http, function, bound is null ? null : new Dictionary<string, object?> { ["tenant"] = bound });
        await Middleware().Invoke(context, _ =>
        {
            ran = true;
            return Task.CompletedTask;
        });

        // Either the function ran and nothing was answered, or the other way round.
        Assert.Equal(ran ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden, http.Response.StatusCode);
        return ran;
    }

    static HttpContext Http(StringValues? header, string? route, string query)
    {
        var http = HttpCall.Context();
        http.Request.QueryString = new QueryString(query);
        if (route is not null)
        {
            http.Request.RouteValues["tenant"] = route;
        }

        if (header is { } value)
        {
            http.Request.Headers[ClientPrincipal.Header] = value;
        }

        return http;
    }
}
