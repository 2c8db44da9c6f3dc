using System.Net;
using System.Text;
using Atrium.EndToEnd;

namespace Atrium.BrowserTests;

/// <summary>Sessions of the page, as Atrium's back end begins them.</summary>
internal static class Sessions
{
    /// <summary>Begins a session of the app's tenant, and gives its token.</summary>
    public static Task<string> BeginSessionAsync(this RunningApp app, params string[] rights) =>
        app.BeginSessionOfAsync("jane@acme.example", rights);

    /// <summary>The same for another user.</summary>
    public static async Task<string> BeginSessionOfAsync(this RunningApp app, string actor, params string[] rights)
    {
        var (status, json) = await app.PostAsync($"api/tenants/{app.Tenant}/portal-sessions", new
        {
            actor,
            rights = rights.Length > 0 ? rights : ["view", "manage", "recover"],
        });
        Assert.Equal(HttpStatusCode.Created, status);
        return json.GetProperty("token").GetString()!;
    }

    /// <summary>Ends all sessions of the app's tenant, and waits until that is so.</summary>
    public static async Task EndSessionsAsync(this RunningApp app, string token)
    {
        var ended = await app.SendAsync(
            HttpMethod.Post, $"api/tenants/{app.Tenant}/portal-sessions/expire-all");
        Assert.Equal(HttpStatusCode.NoContent, ended.Status);
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await app.PersistAsync(() => new(
                HttpMethod.Get, new Uri("api/portal/session", UriKind.Relative))
            {
                Headers = { Authorization = new("Bearer", token) },
            });
            return answer.StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    /// <summary>Opens the page with a session that may do everything but erase.</summary>
    public static async Task<string> VisitAsync(this Tab tab, RunningApp app, string to = "/")
    {
        var token = await app.BeginSessionAsync();
        await tab.VisitAsync(app.Http.BaseAddress!, $"session={token}&to={Uri.EscapeDataString(to)}");
        return token;
    }

    /// <summary>Opens the form for a new webhook, until the page asks for nothing more by itself.</summary>
    public static async Task OpenFormAsync(this Tab tab, RunningApp app)
    {
        var last = Task.WhenAll(
            tab.Page.WaitForResponseAsync("**/api/portal/limits"),
            tab.Page.WaitForResponseAsync("**/api/portal/jobs?*"));
        await tab.VisitAsync(app.Http.BaseAddress!, "to=/new");
        await last;
    }

    /// <summary>What App Service adds to whatever comes with its cookie.</summary>
    public static Dictionary<string, string> SignedIn(this RunningApp app)
    {
        var claims = $$"""{"auth_typ":"aad","claims":[{"typ":"tenant","val":"{{app.Tenant}}"}]}""";
        return new() { ["X-MS-CLIENT-PRINCIPAL"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)) };
    }
}
