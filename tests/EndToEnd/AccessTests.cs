using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Atrium.EndToEnd;

[Collection(nameof(DefaultApp))]
public sealed class AccessTests(DefaultApp started)
{
    const string Header = "X-MS-CLIENT-PRINCIPAL";

    [Fact]
    public async Task A_signed_in_user_gets_the_own_tenant_only_whichever_way_the_path_is_written()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(state, settings: ("Access__SignedInUsers", "true"));
        var theirs = await app.SubscribeAsync(receiver.Url, ["*"], tenant: "other");
        await app.SubscribeAsync(receiver.Url, ["*"], tenant: "acme");

        foreach (var own in new[]
        {
            "api/tenants/acme/subscriptions", "API/TENANTS/acme/SUBSCRIPTIONS", "api/tenants/ac%6De/subscriptions",
                "api/explain?event=visitor.checked_in&tenant=acme",
            "api/tenants/other/../acme/subscriptions", "api/limits", "api/openapi.json",
        })
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, own, "acme")).Status);
        }

        Assert.NotEqual(HttpStatusCode.Forbidden, (await GetAsync(app, "api/health", "acme")).Status);

        foreach (var foreign in new[]
        {
            "api/tenants/other/subscriptions", "API/TENANTS/other/subscriptions", "api/tenants/ACME/subscriptions",
                "api/tenants/oth%65r/subscriptions",
            $"api/tenants/other/subscriptions/{theirs.Id}", "api/tenants/other/subscriptions?tenant=acme",
            "api/tenants/acme/../other/subscriptions",
            "api/tenants/acme/%2e%2e/other/subscriptions", "api/tenants/acme%2F..%2Fother/subscriptions",
            "api/tenants/acme%2f/subscriptions", "api/tenants/acme%20/subscriptions",
            "api/explain?event=visitor.checked_in", "api/explain?event=visitor.checked_in&tenant=other",
            "api/explain?event=visitor.checked_in&tenant=acme&tenant=other",
            "api/explain?event=visitor.checked_in&TENANT=other&tenant=acme",
        })
        {
            var (status, body) = await GetAsync(app, foreign, "acme");
            Assert.Equal((HttpStatusCode.Forbidden, foreign), (status, foreign));
            Assert.DoesNotContain(theirs.Id, body, StringComparison.Ordinal);
        }

        // Not routes of the app at all; what matters is that nothing is shown.
        foreach (var nowhere in new[] { "api//tenants/other/subscriptions", "api/tenants//other/subscriptions",
            "api/tenants/acme//../other//subscriptions", "api/tenants/acme\\..\\other/subscriptions" })
        {
            var (status, body) = await GetAsync(app, nowhere, "acme");
            Assert.NotEqual(HttpStatusCode.OK, status);
            Assert.DoesNotContain(theirs.Id, body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Forbidden, await PublishAsync(app, "other", "acme"));
        Assert.Equal(HttpStatusCode.Accepted, await PublishAsync(app, "acme", "acme"));

        // Without the header it is the back end, to which every tenant is open.
        await app.GetAsync("api/tenants/other/subscriptions");
        Assert.Single(await receiver.NextAsync(1));
    }

    [Fact]
    public async Task While_the_setting_is_off_the_header_means_nothing()
    {
        await using var app = started.Share();

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "api/tenants/other/subscriptions", "acme")).Status);
    }

    [Fact]
    public async Task Where_keys_are_asked_for_the_page_of_this_machine_opens_without_one()
    {
        using var state = new TemporaryFolder();
        await using var app = await RunningApp.StartAsync(
            state, settings: ("FunctionKeys__default", "a-key-of-the-test"));
        using var browser = new HttpClient { BaseAddress = app.Http.BaseAddress };

        using var refused = await SendAsync(HttpMethod.Get, "api/tenants/acme/subscriptions");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var made = await SendAsync(HttpMethod.Post, "api/portal/local-session", new { tenant = "acme" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        browser.DefaultRequestHeaders.Authorization = new("Bearer", token);

        using var listed = await SendAsync(HttpMethod.Get, "api/portal/subscriptions");
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        Assert.Contains("/api/console/#tenant=acme", app.Output, StringComparison.Ordinal);

        Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? json = null) => app.PersistAsync(
            () => new(method, new Uri(path, UriKind.Relative))
            {
                Content = json is null ? null : JsonContent.Create(json),
            },
            browser);
    }

    static async Task<(HttpStatusCode Status, string Body)> GetAsync(RunningApp app, string path, string tenant)
    {
        // As an attacker sends it, and not as a browser would tidy it up.
        var raw = new Uri(
            app.Http.BaseAddress + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var response = await app.PersistAsync(
            () => new(HttpMethod.Get, raw) { Headers = { { Header, Principal(tenant) } } }, invoker);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    static async Task<HttpStatusCode> PublishAsync(RunningApp app, string tenant, string own)
    {
        using var response = await app.PersistAsync(() => new(
            HttpMethod.Post, new Uri($"api/events?tenant={tenant}", UriKind.Relative))
        {
            Headers = { { Header, Principal(own) } },
            Content = new StringContent(Events.CheckedIn, Encoding.UTF8, "application/json"),
        });
        return response.StatusCode;
    }

    static string Principal(string tenant) =>
        Convert.ToBase64String(
            Encoding.UTF8.GetBytes(
            $$"""{"auth_typ":"aad","claims":[{"typ":"tenant","val":"{{tenant}}"}],"""
            + """ "name_typ":"name","role_typ":"roles"}"""));
}
