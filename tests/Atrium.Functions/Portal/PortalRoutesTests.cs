using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Atrium.Functions.Console;
using Atrium.Functions.Operations;
using Atrium.Functions.Portal;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Portal;

/// <summary>Each row of the table, held against the API's description and asked by everybody who may not.</summary>
public sealed class PortalRoutesTests : IDisposable
{
    const string Event = "visitor.checked_in";
    const string OfTenants = "/tenants/{tenant}/";

    // What the back end alone may do, and what concerns no tenant.
    static readonly string[] NotOpened =
    [
        "ExpirePortalSessions", "GetHealth", "GetLive", "GetOpenApi", "Ingest", "MakePortalSession",
        "RestoreSubscriptions",
    ];

    // Without a tenant in the API's path.
    static readonly string[] Beside = ["Explain", "GetLimits", "ListEvents"];

    readonly PortalApi _api = new();

    public static TheoryData<string> Operations => [.. PortalRoutes.All.Select(route => route.Operation)];

    public static TheoryData<string> WithIds =>
        [.. PortalRoutes.All.Where(route => route.Template.Contains('{', StringComparison.Ordinal))
            .Select(route => route.Operation)];

    public void Dispose() => _api.Dispose();

    [Fact]
    public void The_table_has_each_operation_of_the_api_at_its_own_path_but_those_that_are_not_opened()
    {
        var api =
            from path in JsonDocument.Parse(new OpenApiDocument().Json).RootElement.GetProperty("paths")
                .EnumerateObject()
            from operation in path.Value.EnumerateObject()
            let id = operation.Value.GetProperty("operationId").GetString()
            where !NotOpened.Contains(id)
            let template = path.Name.StartsWith(OfTenants, StringComparison.Ordinal) ? path.Name[OfTenants.Length..]
                : path.Name.StartsWith("/portal/", StringComparison.Ordinal) ? path.Name["/portal/".Length..]
                : Beside.Contains(id) ? path.Name[1..]
                : $"{path.Name} is neither a tenant's nor known to be opened"
            select $"{id}: {operation.Name} {template}";

        Assert.Equal(
            api.Order(StringComparer.Ordinal),
            PortalRoutes.All.Select(route =>
                $"{route.Operation}: {route.Method.ToLowerInvariant()} {route.Template}")
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Without_a_good_token_nobody_gets_in(string operation)
    {
        var route = Route(operation);
        var path = await _api.PathAsync(route, Some.Tenant);
        var token = await _api.TokenAsync();

        Assert.NotEqual(HttpStatusCode.Unauthorized, (await AskAsync(token)).Status);
        await RefusedAsync(null);
        await RefusedAsync("");
        await RefusedAsync(Altered(token, token.Length / 2));
        await RefusedAsync(token[..^4]);
        _api.Rig.Time.Advance(TimeSpan.FromMinutes(SessionBounds.DefaultMinutes));
        await RefusedAsync(token);

        async Task RefusedAsync(string? bad)
        {
            var answer = await AskAsync(bad);
            Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json", "no-store"),
                (answer.Status, answer.ContentType, answer.CacheControl));
            Assert.Equal("unauthenticated", answer.Json.GetProperty("code").GetString());
            Assert.Equal("Bearer", _api.Response.Headers.WWWAuthenticate);
        }

        Task<HttpAnswer> AskAsync(string? bad) =>
            _api.CallAsync(route.Method, path, bad, PortalApi.BodyFor(operation));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Each_right_opens_its_operations_and_no_others(string operation)
    {
        var route = Route(operation);
        foreach (var right in Enum.GetValues<PortalRights>())
        {
            var token = await _api.TokenAsync(right);
            var answer = await _api.CallAsync(route.Method, Path(route), token, PortalApi.BodyFor(operation));

            var opens = route.Right == PortalRights.View || right.HasFlag(route.Right);
            Assert.Equal(opens, answer.Status != HttpStatusCode.Forbidden);
            Assert.Equal("no-store", answer.CacheControl);
            if (!opens)
            {
                Assert.Equal("forbidden", answer.Json.GetProperty("code").GetString());
            }
        }
    }

    [Fact]
    public void To_look_takes_no_more_than_view_and_to_change_more() => Assert.Equal(
        PortalRoutes.All.Where(route => route.Method == "GET").Select(route => route.Operation).Append("Verify")
            .Order(StringComparer.Ordinal),
        PortalRoutes.All.Where(route => !route.Changes).Select(route => route.Operation)
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(WithIds))]
    public async Task Another_tenants_ids_lead_nowhere(string operation)
    {
        var route = Route(operation);
        var path = await _api.PathAsync(route, PortalApi.Other);
        var body = PortalApi.BodyFor(operation);

        var own = await _api.CallAsync(route.Method, path, await _api.TokenAsync(), body);
        var others = await _api.CallAsync(route.Method, path, await _api.TokenAsync(tenant: PortalApi.Other), body);

        Assert.Equal(HttpStatusCode.NotFound, own.Status);
        Assert.NotEqual(HttpStatusCode.NotFound, others.Status);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_session_of_before_all_were_ended_is_over_and_one_of_after_is_not(string operation)
    {
        var route = Route(operation);
        var before = await _api.TokenAsync();
        var others = await _api.TokenAsync(tenant: PortalApi.Other);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await AskAsync(before)).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await _api.ExpireAllAsync()).Status);
        _api.Rig.Time.Advance(PortalExpiry.KeptFor);

        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(before)).Status);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await AskAsync(others)).Status);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await AskAsync(await _api.TokenAsync())).Status);

        Task<HttpAnswer> AskAsync(string token) =>
            _api.CallAsync(route.Method, Path(route), token, PortalApi.BodyFor(operation));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_parameter_that_the_operation_does_not_take_is_refused_and_a_tenant_always(string operation)
    {
        var route = Route(operation);
        var token = await _api.TokenAsync();

        foreach (var name in new[] { "tenant", "tenantId" })
        {
            var answer = await _api.CallAsync(
                route.Method, $"{Path(route)}?{name}=other", token, PortalApi.BodyFor(operation),
                request => request.QueryString = new($"?{name}=other"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal([name], answer.Pointers);
        }
    }

    [Fact]
    public async Task Any_one_bit_of_a_token_matters()
    {
        var token = await _api.TokenAsync();
        Assert.Equal(HttpStatusCode.OK, (await _api.CallAsync("GET", "session", token)).Status);

        for (var at = 0; at < token.Length; at++)
        {
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await _api.CallAsync("GET", "session", Altered(token, at))).Status);
        }
    }

    [Theory]
    [InlineData("POST", "events")]
    [InlineData("GET", "health")]
    [InlineData("GET", "live")]
    [InlineData("POST", "portal-sessions")]
    [InlineData("POST", "portal-sessions/expire-all")]
    [InlineData("GET", "tenants/acme/subscriptions")]
    [InlineData("GET", "../tenants/acme/subscriptions")]
    [InlineData("GET", "subscriptions//attempts")]
    [InlineData("DELETE", "subscriptions")]
    [InlineData("GET", "")]
    [InlineData("OPTIONS", "session")]
    public async Task What_is_not_in_the_table_is_not_there(string method, string path)
    {
        var answer = await _api.CallAsync(method, path, await _api.TokenAsync());

        Assert.Equal((HttpStatusCode.NotFound, "no-store"), (answer.Status, answer.CacheControl));
        Assert.Equal("not_found", answer.Json.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await _api.CallAsync(method, path, null)).Status);
    }

    // Whoever could send one could publish any event, signed with the tenant's secrets.
    [Fact]
    public async Task A_letter_is_replayed_as_it_is_and_no_event_of_a_sessions_goes_out()
    {
        _api.Letters.PutEvent(SampleEvents.CheckedIn.ToString());
        await _api.Rig.IndexAsync();
        var token = await _api.TokenAsync(PortalRights.Recover);
        const string path = "dead-letters/visitor-events/1/replay";

        foreach (var body in new object[] { JsonDocument.Parse(Some.Body).RootElement, new { }, "" })
        {
            var answer = await _api.CallAsync("POST", path, token, body);
            Assert.Equal(
                (HttpStatusCode.BadRequest, "invalid_request"),
                (answer.Status, answer.Json.GetProperty("code").GetString()));
        }

        await _api.Rig.RunAllAsync();
        Assert.Empty(_api.Letters.Events.Sent);

        Assert.Equal(HttpStatusCode.Accepted, (await _api.CallAsync("POST", path, token)).Status);
        await _api.Rig.RunAllAsync();
        Assert.Equal(
            SampleEvents.CheckedIn.ToString(), Assert.Single(_api.Letters.Events.Sent).Body.ToString());
    }

    // Customers share hosts, such as those of automation services, and each has paths of their own.
    [Fact]
    public async Task Who_may_not_manage_has_stored_values_sent_to_the_stored_url_alone()
    {
        string[] events = ["*"];
        var created = await _api.CallAsync("POST", "subscriptions", await _api.TokenAsync(), new
        {
            url = "https://example.com/hook?a=b",
            events,
            headers = new Dictionary<string, string> { ["X-Api-Key"] = "st0red-k3y" },
        });
        var path = $"subscriptions/{created.Json.GetProperty("id").GetString()}/test";
        var token = await _api.TokenAsync(PortalRights.Recover | PortalRights.Erase);

        foreach (var url in new[] { "https://example.com/other", "https://example.com/hook", "https://example.com/" })
        {
            Assert.Equal(["/headers"], await OtherHostAsync(new { @event = Event, url }));
            Assert.Equal(
                ["/headers/x-api-key"],
                await OtherHostAsync(
                    new { @event = Event, url, headers = new Dictionary<string, string?> { ["x-api-key"] = null } }));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(token, new
            {
                @event = Event,
                url,
                headers = new Dictionary<string, string> { ["X-Api-Key"] = "new" },
            }));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(await _api.TokenAsync(), new { @event = Event, url }));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token, new { @event = Event }));
        const string asWritten = "HTTPS://Example.com:443/hook?a=b";
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token, new { @event = Event, url = asWritten }));

        async Task<HttpStatusCode> StatusAsync(string by, object test) =>
            (await _api.CallAsync("POST", path, by, test)).Status;

        async Task<IEnumerable<string?>> OtherHostAsync(object test)
        {
            var answer = await _api.CallAsync("POST", path, token, test);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.All(
                answer.Json.GetProperty("errors").EnumerateArray(),
                error => Assert.Equal("other_host", error.GetProperty("code").GetString()));
            return answer.Pointers;
        }
    }

    [Fact]
    public void Where_get_is_answered_head_is() => Assert.All(PortalRoutes.All, route => Assert.Equal(
        route.Method == "GET", PortalRoutes.Find("HEAD", Path(route))?.Route == route));

    static PortalRoute Route(string operation) => PortalRoutes.All.Single(route => route.Operation == operation);

    // To nothing that is there: only who gets in is asked.
    static string Path(PortalRoute route) => route.Template
        .Replace("{id}", Some.SubscriptionId, StringComparison.Ordinal)
        .Replace("{deliveryId}", Some.DeliveryId, StringComparison.Ordinal)
        .Replace("{queue}", "deliveries", StringComparison.Ordinal)
        .Replace("{sequenceNumber}", "1", StringComparison.Ordinal);

    // One bit of what the character stands for; of what is not base64, of the character.
    static string Altered(string token, int at)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var other = at < PortalTokens.Prefix.Length
            ? (char)(token[at] ^ 1)
            : alphabet[alphabet.IndexOf(token[at], StringComparison.Ordinal) ^ 32];
        var altered = token[..at] + other + token[(at + 1)..];
        Assert.True(at < PortalTokens.Prefix.Length || Base64Url.IsValid(altered.AsSpan(PortalTokens.Prefix.Length)));
        return altered;
    }
}
