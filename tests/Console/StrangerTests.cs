using System.Text;
using Atrium.EndToEnd;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>What other sites, other tenants, receivers and names may not do to the page.</summary>
[Collection(nameof(AdminsApp))]
public sealed class StrangerTests(AdminsApp started) : BrowserTests
{
    const string Hostile = "</script><img src=x onerror=alert(1)><b>";

    [Fact]
    public async Task Another_tenants_webhook_is_not_there()
    {
        var (owner, stranger) = (started.Share(), started.Share());
        var (id, _) = await owner.SubscribeAsync(new Uri("http://127.0.0.1:1/owners-hook"), ["*"]);
        var tab = await OpenAsync();

        await tab.VisitAsync(stranger, $"/w/{id}");

        await Expect(tab.Heading("This webhook is gone")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("owners-hook")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_session_that_may_only_look_is_offered_no_change()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(new Uri("http://127.0.0.1:1/hook"), ["*"]);
        var tab = await OpenAsync();
        var token = await app.BeginSessionAsync("view");

        await tab.VisitAsync(app.Http.BaseAddress!, $"session={token}&to=/w/{id}/settings");

        await Expect(tab.Page.GetByText("You can look, but not change anything.")).ToBeVisibleAsync();
        await Expect(tab.Field("Where to send events")).ToBeDisabledAsync();
        foreach (var change in new[] { "Save changes", "Pause", "Make a new secret…", "Delete this webhook…" })
        {
            await Expect(tab.Button(change)).ToBeHiddenAsync();
        }
    }

    [Fact]
    public async Task Another_sites_form_changes_nothing_for_somebody_signed_in()
    {
        var app = started.Share();
        var claims = $$"""{"auth_typ":"aad","claims":[{"typ":"tenant","val":"{{app.Tenant}}"}]}""";
        // As App Service adds it to whatever comes with its cookie.
        var tab = await OpenAsync(new()
        {
            ExtraHTTPHeaders = [new("X-MS-CLIENT-PRINCIPAL", Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)))],
        });
        await tab.VisitAsync(app.Http.BaseAddress!, "to=/");
        await Expect(tab.Heading("No webhook yet")).ToBeVisibleAsync();
        started.Stranger.Html = $$"""
            <form method="post" enctype="text/plain" action="{{app.Http.BaseAddress}}api/portal/subscriptions">
              <input name='{"url":"http://127.0.0.1:1/hook","events":["*"],"name":"' value='"}'><button>Win</button>
            </form>
            """;
        await tab.Page.GotoAsync($"{started.Stranger.Origin}");

        var answer = await tab.Page.RunAndWaitForResponseAsync(
            () => tab.Button("Win").ClickAsync(), response => response.Request.Method == "POST");

        Assert.Equal(403, answer.Status);
        var list = await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions");
        Assert.Equal(0, list.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_site_that_is_not_listed_shows_no_page_in_a_frame()
    {
        var app = started.Share();
        var token = await app.BeginSessionAsync();
        var tab = await OpenAsync();
        var framing = $"<iframe src=\"{app.Http.BaseAddress}api/console/#session={token}\"></iframe>";
        started.Parent.Html = framing;
        started.Stranger.Html = framing;

        await tab.Page.GotoAsync($"{started.Parent.Origin}");
        await Expect(tab.Page.FrameLocator("iframe").GetByText("No webhook yet")).ToBeVisibleAsync();
        var refused = tab.Page.WaitForConsoleMessageAsync(new() { Predicate = said => said.Type == "error" });
        await tab.Page.GotoAsync($"{started.Stranger.Origin}");

        Assert.Contains("frame-ancestors", (await refused).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            tab.Page.Frames, frame => frame.Url.StartsWith($"{app.Http.BaseAddress}", StringComparison.Ordinal));
        await tab.ExpectAsync(fault => fault.Contains("frame-ancestors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_of_others_than_the_page_around_it_are_ignored()
    {
        var app = started.Share();
        var token = await app.BeginSessionAsync();
        var tab = await OpenAsync();
        started.Parent.Html = $"""
            <iframe id="page" src="{app.Http.BaseAddress}api/console/#session={token}&theme=light"></iframe>
            <iframe id="stranger" src="{started.Stranger.Origin}"></iframe>
            """;
        started.Stranger.Html = "stranger";
        await tab.Page.GotoAsync($"{started.Parent.Origin}");
        await Expect(tab.Page.FrameLocator("#page").GetByText("No webhook yet")).ToBeVisibleAsync();
        var page = tab.Page.Frames.Single(frame => frame.Url.Contains("/api/console/", StringComparison.Ordinal));
        var stranger = tab.Page.Frames.Single(frame =>
            frame.Url.StartsWith($"{started.Stranger.Origin}", StringComparison.Ordinal));
        await page.EvaluateAsync(
            "() => { window.heard = 0; addEventListener('message', () => window.heard++); }");

        await stranger.EvaluateAsync("""
            () => {
              for (const data of [{ type: 'atrium:theme', theme: 'dark' }, { type: 'atrium:session', token: 'atp_x' }])
                parent.frames[0].postMessage(data, '*');
            }
            """);
        await Tab.UntilAsync(page, "heard === 2");
        Assert.Equal("light", await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        await tab.Page.EvaluateAsync("() => frames[0].postMessage({ type: 'atrium:theme', theme: 'dark' }, '*')");
        await Tab.UntilAsync(page, "document.documentElement.dataset.theme === 'dark'");
        Assert.All(
            tab.Requests.Where(request => request.Url.Contains("/api/portal/", StringComparison.Ordinal)),
            request => Assert.Equal($"Bearer {token}", request.Headers["authorization"]));
    }

    [Fact]
    public async Task What_a_receiver_answers_and_a_webhook_is_called_stays_text()
    {
        var app = started.Share();
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, _) => 410;
        receiver.Body = Encoding.UTF8.GetBytes(Hostile);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/new");
        await tab.Field("Name (optional)").FillAsync(Hostile);
        await tab.Field("Where to send events").FillAsync($"{receiver.Url}hook");

        await tab.Button("Send a test").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "What came back" })).ToHaveTextAsync(Hostile);
        await tab.Button("Save and start sending").ClickAsync();
        await tab.Button("Done").ClickAsync();
        await Expect(tab.Heading(Hostile)).ToBeVisibleAsync();
        await app.PublishAsync(Events.CheckedIn);
        await tab.Page.Locator(".rows a").First.ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Answer (beginning)" }).First)
            .ToContainTextAsync(Hostile);

        Assert.Equal(0, await tab.Page.Locator("#app img, #app b, #app script").CountAsync());
    }
}
