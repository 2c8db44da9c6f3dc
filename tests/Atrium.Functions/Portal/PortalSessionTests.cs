using System.Net;
using System.Text.Json;
using Atrium.Functions.Access;
using Atrium.Functions.Console;
using Atrium.Functions.Contract;
using Atrium.Functions.Portal;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Atrium.Functions.Tests.Portal;

public sealed class PortalSessionTests : IDisposable
{
    const string ReturnUrl = "https://app.example.com/settings/integrations";

    static readonly string[] Recover = ["recover"];
    static readonly string[] AllEvents = ["*"];

    readonly PortalApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_session_is_made_with_the_address_of_the_page_and_shows_itself()
    {
        var made = await _api.MakeAsync(
            new { actor = "jane@acme.example", rights = Recover, minutes = 5, returnUrl = ReturnUrl });
        var token = made.Json.GetProperty("token").GetString()!;

        Assert.Equal((HttpStatusCode.Created, "no-store"), (made.Status, made.CacheControl));
        Assert.StartsWith("atp_", token, StringComparison.Ordinal);
        Assert.Equal(
            $"https://hooks.example.com/api/console/#session={token}", made.Json.GetProperty("url").GetString());
        var ends = _api.Rig.Time.GetUtcNow().AddMinutes(5);
        Assert.Equal(ends, made.Json.GetProperty("expiresAt").GetDateTimeOffset());
        var shown = await _api.CallAsync("GET", "session", token);
        Assert.Equal("no-store", shown.CacheControl);
        Assert.Equal(
            ("acme", "jane@acme.example", "view recover", ends, ReturnUrl, "token"), Shown(shown.Json));
    }

    [Fact]
    public async Task A_session_may_look_and_no_more_and_lasts_an_hour_unless_more_is_asked_for()
    {
        var made = await _api.MakeAsync(new { actor = "7" });

        Assert.Equal(
            _api.Rig.Time.GetUtcNow().AddHours(1), made.Json.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal("view", Shown((await _api.CallAsync(
            "GET", "session", made.Json.GetProperty("token").GetString())).Json).Rights);
    }

    [Fact]
    public async Task The_address_is_the_one_by_which_the_host_was_called()
    {
        var made = await _api.MakeAsync(new { actor = "7" }, change: request =>
        {
            request.Headers["X-Forwarded-Proto"] = "https";
            request.Headers["X-Forwarded-Host"] = "webhooks.atrium.example";
        });

        Assert.StartsWith(
            "https://webhooks.atrium.example/api/console/#session=", made.Json.GetProperty("url").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "/actor")]
    [InlineData("""{"actor":""}""", "/actor")]
    [InlineData("""{"actor":"  "}""", "/actor")]
    [InlineData("""{"actor":"a\u0000b"}""", "/actor")]
    [InlineData("""{"actor":"7","minutes":4}""", "/minutes")]
    [InlineData("""{"actor":"7","minutes":481}""", "/minutes")]
    [InlineData("""{"actor":"7","rights":["view","own"]}""", "/rights/1")]
    [InlineData("""{"actor":"7","rights":[null]}""", "/rights/0")]
    [InlineData("""{"actor":"7","rights":["Manage"]}""", "/rights/0")]
    [InlineData("""{"actor":"7","returnUrl":"http://app.example.com"}""", "/returnUrl")]
    [InlineData("""{"actor":"7","returnUrl":"javascript:alert(1)"}""", "/returnUrl")]
    [InlineData("""{"actor":"7","returnUrl":"/settings"}""", "/returnUrl")]
    [InlineData("""{"actor":"7","returnUrl":"https://me:x@app.example.com"}""", "/returnUrl")]
    [InlineData("""{"actor":"7","returnUrl":"file://\u202e/x"}""", "/returnUrl")]
    [InlineData("""{"actor":"7","returnUrl":"\\\\\u202e/x"}""", "/returnUrl")]
    [InlineData("""{"actor":"7","tenant":"other"}""", "/tenant")]
    public async Task What_is_wrong_with_a_session_is_named(string json, string field)
    {
        var answer = await _api.MakeAsync(json);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal([field], answer.Pointers);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(480)]
    public async Task A_session_lasts_five_minutes_to_eight_hours(int minutes) => Assert.Equal(
        HttpStatusCode.Created,
        (await _api.MakeAsync(new { actor = "7", minutes, returnUrl = "http://localhost:3000/" })).Status);

    [Theory]
    [InlineData("a b")]
    [InlineData("..")]
    public async Task A_tenant_that_is_none_has_no_sessions(string tenant)
    {
        foreach (var answer in new[]
        {
            await _api.MakeAsync(new { actor = "7" }, tenant), await _api.ExpireAllAsync(tenant),
        })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal("invalid_tenant", answer.Json.GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task An_end_of_all_sessions_that_the_client_repeats_does_not_bring_back_what_a_later_one_has_ended()
    {
        var (time, tables, between, hasFailed) = (_api.Rig.Time, _api.Rig.Tables, "", false);
        await _api.ExpireAllAsync();
        tables.Before = call =>
        {
            tables.AnswerLost = call is "transaction" or "update" && !hasFailed ? call : null;
            hasFailed |= tables.AnswerLost is not null;
            return Task.CompletedTask;
        };
        tables.AfterLoss = async () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            between = await _api.TokenAsync();
            time.Advance(TimeSpan.FromSeconds(1));
            await _api.ExpireAllAsync();
        };
        time.Advance(TimeSpan.FromSeconds(1));

        await _api.ExpireAllAsync();

        Assert.True(hasFailed);
        time.Advance(PortalExpiry.KeptFor);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _api.CallAsync("GET", "subscriptions", between)).Status);
    }

    [Theory]
    [InlineData('a', "a")]
    [InlineData('ü', "%C3%BC")]
    [InlineData('山', "ü")]
    [InlineData('"', "山")]
    [InlineData('\ue000', "\"")]
    public async Task The_longest_session_has_a_token_that_is_taken(char actor, string url)
    {
        const string origin = "https://app.example.com/";
        var sent = Uri.EscapeDataString(Uri.UnescapeDataString(url)).Length;
        var made = await _api.MakeAsync(
            new
            {
                actor = new string(actor, SessionBounds.MaxActorLength),
                rights = PortalRightNames.All,
                returnUrl = origin + string.Concat(
                    Enumerable.Repeat(url, (PortalOptions.MaxUrlLength - origin.Length) / sent)),
            },
            new string('t', TenantId.MaxLength));
        var token = made.Json.GetProperty("token").GetString()!;

        Assert.InRange(token.Length, 1, PortalTokens.MaxLength);
        Assert.Equal(HttpStatusCode.OK, (await _api.CallAsync("GET", "session", token)).Status);
    }

    // It was taken, and made a token that was too long to be taken.
    [Fact]
    public async Task A_page_whose_address_is_too_long_as_a_browser_sends_it_is_refused()
    {
        var answer = await _api.MakeAsync(
            new { actor = "7", returnUrl = "https://app.example.com/" + new string('山', 2_000) });

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["/returnUrl"], answer.Pointers);
    }

    [Fact]
    public async Task Who_has_no_session_is_told_where_one_begins()
    {
        Assert.False((await _api.CallAsync("GET", "session", null)).Json.TryGetProperty("returnUrl", out _));
        _api.Rig.Get<IOptions<PortalOptions>>().Value.ReturnUrl = ReturnUrl;
        _api.Rig.Get<IOptions<AccessOptions>>().Value.SignedInUsers = true;

        var problem = (await _api.CallAsync("GET", "session", null)).Json;

        Assert.Equal(ReturnUrl, problem.GetProperty("returnUrl").GetString());
        Assert.Equal(
            "/.auth/login/aad?post_login_redirect_uri=/api/console/", problem.GetProperty("signInUrl").GetString());
        Assert.Equal(ReturnUrl, Shown((await _api.CallAsync(
            "GET", "session", await _api.TokenAsync())).Json).ReturnUrl);
    }

    [Fact]
    public async Task A_change_is_logged_with_who_asked_for_it_and_never_with_an_address_a_secret_or_a_token()
    {
        var byId = await _api.TokenAsync(actor: "user-7");
        var byMail = await _api.TokenAsync(actor: "jane@acme.example");
        var created = await _api.CallAsync("POST", "subscriptions", byId, new
        {
            url = "https://example.com/hook",
            events = AllEvents,
            generateSecret = true,
        });
        var id = created.Json.GetProperty("id").GetString();
        await _api.CallAsync("POST", $"subscriptions/{id}/pause", byMail);
        await _api.CallAsync("GET", $"subscriptions/{id}", byMail);

        Assert.Equal(
            [
                "CreateSubscription for tenant acme, asked for by user-7: answered 201",
                "PauseSubscription for tenant acme, asked for by cd5decc91f7e: answered 200",
            ],
            _api.Rig.Logged.Of<PortalFunction>());
        Assert.All(_api.Rig.Logged.Lines, line =>
        {
            Assert.DoesNotContain("whsec_", line, StringComparison.Ordinal);
            Assert.DoesNotContain("atp_", line, StringComparison.Ordinal);
            Assert.DoesNotContain("jane@", line, StringComparison.Ordinal);
            Assert.DoesNotContain("masterKey", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task What_is_made_through_the_portal_is_found_through_it()
    {
        var token = await _api.TokenAsync();
        var created = await _api.CallAsync(
            "POST", "subscriptions", token, PortalApi.BodyFor("CreateSubscription"));
        var job = await _api.CallAsync("POST", "dead-letters/replay", token, new { all = true });

        foreach (var made in new[] { created, job })
        {
            Assert.StartsWith("/api/portal/", made.Location, StringComparison.Ordinal);
            Assert.Equal(
                HttpStatusCode.OK, (await _api.CallAsync("GET", made.Location["/api/portal/".Length..], token)).Status);
        }
    }

    [Fact]
    public async Task A_failure_of_the_table_that_ends_sessions_is_none_of_the_sessions()
    {
        var token = await _api.TokenAsync();
        _api.Rig.Tables.Outage = Outages.Unavailable;

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => _api.CallAsync("GET", "session", token));
    }

    [Fact]
    public async Task Its_description_is_that_of_the_api_for_its_operations_without_tenants()
    {
        var json = (await _api.CallAsync("GET", "openapi.json", await _api.TokenAsync())).Json;
        var read = Microsoft.OpenApi.OpenApiDocument.Parse(json.GetRawText(), "json");

        Assert.Empty(read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings).Select(fault => fault.Message));
        Assert.Empty(read.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()).Select(fault => fault.Message));
        Assert.Equal("/api/portal", json.GetProperty("servers")[0].GetProperty("url").GetString());
        Assert.DoesNotContain("{tenant}", json.GetProperty("paths").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("parameters/Tenant", json.GetProperty("paths").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(
            PortalRoutes.All.Select(route => $"{route.Method} /{route.Template}").Order(StringComparer.Ordinal),
            from path in json.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            let line = $"{operation.Name.ToUpperInvariant()} {path.Name}"
            orderby line
            select line);
        Assert.Equal(
            "manage",
            json.GetProperty("paths").GetProperty("/subscriptions").GetProperty("post").GetProperty("x-right")
                .GetString());
        Assert.False(json.GetProperty("paths").GetProperty("/dead-letters/{queue}/{sequenceNumber}/replay")
            .GetProperty("post").TryGetProperty("requestBody", out _));
    }

    static (string? Tenant, string? Actor, string Rights, DateTimeOffset Ends, string? ReturnUrl, string? By) Shown(
        JsonElement session) => (
            session.GetProperty("tenant").GetString(), session.GetProperty("actor").GetString(),
            string.Join(' ', session.GetProperty("rights").EnumerateArray()),
            session.GetProperty("expiresAt").GetDateTimeOffset(), session.GetProperty("returnUrl").GetString(),
            session.GetProperty("signedInBy").GetString());
}
