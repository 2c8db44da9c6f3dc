using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.EndToEnd;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Sessions that begin and end while the page is open.</summary>
[Collection(nameof(AdminsApp))]
public sealed class SessionTests(AdminsApp started) : BrowserTests
{
    const string Over = "Please open this page again";

    static readonly Uri Receiver = new("http://127.0.0.1:1/hook");

    [Fact]
    public async Task A_new_link_in_the_same_tab_goes_on_with_what_was_typed_and_leaves_no_token_in_the_address()
    {
        var app = started.Share();
        var tab = await WithoutSessionInFormAsync(app);
        // Another Escape closes a dialog whether or not it was refused before.
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(tab.Heading(Over)).ToBeVisibleAsync();

        await tab.VisitAsync(app.Http.BaseAddress!, $"session={await app.BeginSessionAsync()}");

        await GoesOnAsync(tab, Over);
        Assert.Equal("#/new", new Uri(tab.Page.Url).Fragment);
    }

    [Fact]
    public async Task A_session_that_ends_in_a_form_goes_on_with_one_of_a_second_tab()
    {
        var app = started.Share();
        var tab = await WithoutSessionInFormAsync(app);

        var other = await OpenBesideAsync(tab);
        await other.VisitAsync(app);
        await Expect(other.Heading("No webhook yet")).ToBeVisibleAsync();

        await GoesOnAsync(tab, Over);
    }

    [Fact]
    public async Task A_second_link_takes_no_rights_from_an_open_form_until_its_own_session_has_ended()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        var own = await tab.VisitAsync(app, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await tab.Page.EvaluateAsync(
            "heard = new Promise(heard => { new BroadcastChannel('atrium.session').onmessage = () => heard(1); }), 1");

        var other = await OpenBesideAsync(tab);
        var fewer = await app.BeginSessionAsync("view", "recover");
        await other.VisitAsync(app.Http.BaseAddress!, $"session={fewer}");
        await Expect(other.Heading("No webhook yet")).ToBeVisibleAsync();
        // The page has heard it too by then, and whatever it asked for was answered before this.
        await tab.Page.EvaluateAsync("heard.then(() => fetch('/api/portal/session')).then(() => 1)");
        await Expect(tab.Button("Save and start sending")).ToBeVisibleAsync();
        await tab.Page.RouteAsync("**/api/portal/test-webhook", async route =>
        {
            if (route.Request.Headers["authorization"].EndsWith(own, StringComparison.Ordinal))
            {
                await route.FulfillAsync(new() { Status = 401 });
                return;
            }

            await route.ContinueAsync();
        });
        var refused = tab.Page.WaitForResponseAsync(answer => answer.Status == 401 && IsTest(answer.Request));
        var taken = tab.Page.WaitForResponseAsync(answer => answer.Status == 200 && IsTest(answer.Request));
        await tab.Button("Send a test").ClickAsync();
        await refused;

        Assert.Equal($"Bearer {fewer}", (await taken).Request.Headers["authorization"]);
        await Expect(tab.Field("Where to send events")).ToHaveValueAsync($"{Receiver}");
    }

    [Fact]
    public async Task A_session_that_ends_in_a_frame_is_renewed_by_the_page_around_it()
    {
        var app = started.Share();
        var token = await app.BeginSessionAsync();
        var tab = await OpenAsync();
        await tab.Page.RouteAsync("**/webhook-session", async route => await route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = JsonSerializer.Serialize(new { token = await app.BeginSessionAsync() }),
        }));
        started.Parent.Html = Documented()
            .Replace("https://…/", $"{app.Http.BaseAddress}", StringComparison.Ordinal)
            .Replace("atp_…", $"{token}&to=/new", StringComparison.Ordinal);
        await tab.Page.GotoAsync($"{started.Parent.Origin}");
        var frame = tab.Page.FrameLocator("iframe");
        var url = frame.GetByLabel("Where to send events", new() { Exact = true });
        await url.FillAsync($"{Receiver}");
        await app.EndSessionsAsync(token);

        await frame.GetByRole(AriaRole.Button, new() { Name = "Send a test", Exact = true }).ClickAsync();
        await Expect(frame.GetByRole(AriaRole.Region, new() { Name = "It did not arrive" })).ToBeVisibleAsync();

        await Expect(url).ToHaveValueAsync($"{Receiver}");
        // The frame is as high as its content, so nothing in it scrolls.
        await Expect(tab.Page.Locator("iframe")).ToHaveCSSAsync("height", new Regex("^[1-9][0-9]{3}px$"));
    }

    [Fact]
    public async Task A_new_link_opens_a_page_that_had_no_session()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await WithoutLocalSessionsAsync(tab);
        await tab.VisitAsync(app.Http.BaseAddress!, "session=atp_over");
        await Expect(tab.Heading("Open this page from Atrium")).ToBeVisibleAsync();

        await tab.VisitAsync(app.Http.BaseAddress!, $"session={await app.BeginSessionAsync()}&to=/new");

        await Expect(tab.Field("Where to send events")).ToBeVisibleAsync();
        Assert.Equal("#/new", new Uri(tab.Page.Url).Fragment);
    }

    [Fact]
    public async Task The_page_around_a_frame_may_give_it_a_session_of_another_tenant_without_a_question()
    {
        var (first, second) = (started.Share(), started.Share());
        await second.SubscribeAsync(new Uri("http://127.0.0.1:1/second"), ["*"]);
        var tab = await OpenAsync();
        started.Parent.Html = $"""
            <iframe src="{first.Http.BaseAddress}api/console/#session={await first.BeginSessionAsync()}"></iframe>
            """;
        await tab.Page.GotoAsync($"{started.Parent.Origin}");
        var frame = tab.Page.FrameLocator("iframe");
        await Expect(frame.GetByText("No webhook yet")).ToBeVisibleAsync();

        await tab.Page.EvaluateAsync(
            "token => frames[0].postMessage({ type: 'atrium:session', token }, '*')", await second.BeginSessionAsync());

        await Expect(frame.Locator(".card")).ToContainTextAsync("/second");
    }

    [Fact]
    public async Task A_frame_that_gets_a_new_link_goes_on_and_tells_nobody_its_token()
    {
        var app = started.Share();
        var token = await app.BeginSessionAsync();
        var tab = await OpenAsync();
        started.Parent.Html = $"""
            <script>heard = []; addEventListener('message', event => heard.push(JSON.stringify(event.data)))</script>
            <iframe src="{app.Http.BaseAddress}api/console/#session={token}&to=/new" title="Webhooks"></iframe>
            """;
        await tab.Page.GotoAsync($"{started.Parent.Origin}");
        var frame = tab.Page.FrameLocator("iframe");
        var url = frame.GetByLabel("Where to send events", new() { Exact = true });
        await url.FillAsync($"{Receiver}");
        await app.EndSessionsAsync(token);

        await tab.Page.EvaluateAsync(
            "link => { document.querySelector('iframe').src = link; }",
            $"{app.Http.BaseAddress}api/console/#session={await app.BeginSessionAsync()}");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Send a test", Exact = true }).ClickAsync();
        await Expect(frame.GetByRole(AriaRole.Region, new() { Name = "It did not arrive" })).ToBeVisibleAsync();

        await Expect(url).ToHaveValueAsync($"{Receiver}");
        Assert.DoesNotContain("atp_", await tab.Page.EvaluateAsync<string>("heard.join()"), StringComparison.Ordinal);
        Assert.EndsWith("#/new", tab.Page.Frames[1].Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_that_starts_without_a_session_asks_the_page_around_it_for_one()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await WithoutLocalSessionsAsync(tab);
        await tab.Page.ExposeFunctionAsync("renew", () => app.BeginSessionAsync());
        started.Parent.Html = $"""
            <iframe src="{app.Http.BaseAddress}api/console/#session=atp_over" title="Webhooks"></iframe>
            <script src="{app.Http.BaseAddress}api/console/embed.js"></script>
            <script>atriumWebhooks(document.querySelector('iframe'), {'{'} renew: () => renew() {'}'})</script>
            """;

        await tab.Page.GotoAsync($"{started.Parent.Origin}");

        await Expect(tab.Page.FrameLocator("iframe").GetByText("No webhook yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_signs_in_again_in_another_tab_goes_on_with_what_was_typed()
    {
        var app = started.Share();
        var signedIn = app.SignedIn();
        var tab = await OpenAsync(new() { ExtraHTTPHeaders = signedIn });
        await tab.OpenFormAsync(app);
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await tab.Page.Context.SetExtraHTTPHeadersAsync([]);

        await tab.Button("Send a test").DispatchEventAsync("click");
        await Expect(tab.Heading("Please sign in again")).ToBeVisibleAsync();
        await Expect(tab.Link("Sign in")).ToHaveAttributeAsync("target", "_blank");
        await Expect(tab.Link("Sign in")).ToHaveAttributeAsync(
            "href", "/.auth/login/aad?post_login_redirect_uri=/api/console/");
        await tab.Page.Context.SetExtraHTTPHeadersAsync(signedIn);
        // A tab without a window is never left, so nothing but this tells it that somebody is back.
        await tab.Page.EvaluateAsync("dispatchEvent(new Event('focus'))");

        await GoesOnAsync(tab, "Please sign in again");
    }

    [Fact]
    public async Task A_session_of_a_second_tab_is_taken_although_it_could_not_be_checked_at_once()
    {
        var app = started.Share();
        var tab = await WithoutSessionInFormAsync(app);
        await tab.Page.Clock.InstallAsync();
        var refused = new TaskCompletionSource();
        await tab.Page.RouteAsync(
            "**/api/portal/session",
            async route =>
            {
                await route.FulfillAsync(new() { Status = 503 });
                refused.TrySetResult();
            },
            new() { Times = 1 });

        var other = await OpenBesideAsync(tab);
        await other.VisitAsync(app);
        await refused.Task;
        await Eventually.TrueAsync(async () =>
        {
            await tab.Page.Clock.RunForAsync(1000);
            return await tab.Heading(Over).IsHiddenAsync();
        });

        await GoesOnAsync(tab, Over);
    }

    [Fact]
    public async Task A_form_saves_nothing_for_another_account_that_signed_in_meanwhile()
    {
        var (first, second) = (started.Share(), started.Share());
        var tab = await OpenAsync(new() { ExtraHTTPHeaders = first.SignedIn() });
        tab.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await tab.OpenFormAsync(first);
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        var anew = tab.Page.WaitForResponseAsync("**/api/portal/session");
        await tab.Page.Context.SetExtraHTTPHeadersAsync(second.SignedIn());

        await tab.Button("Save and start sending").ClickAsync();

        Assert.Equal(second.Tenant, (await (await anew).JsonAsync())!.Value.GetProperty("tenant").GetString());
        await Expect(tab.Field("Where to send events")).ToHaveValueAsync("");
        foreach (var app in new[] { first, second })
        {
            var stored = await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions");
            Assert.Equal(0, stored.GetProperty("items").GetArrayLength());
        }
    }

    [Fact]
    public void The_example_loads_the_script_before_the_frame_whose_messages_it_is_to_hear()
    {
        var html = Documented();

        var frame = html.IndexOf("<iframe", StringComparison.Ordinal);
        Assert.InRange(html.IndexOf("embed.js", StringComparison.Ordinal), 0, frame);
    }

    static bool IsTest(IRequest request) => request.Url.EndsWith("/test-webhook", StringComparison.Ordinal);

    // How to embed the page, as docs/portal.md has it.
    static string Documented() => Regex.Match(
        File.ReadAllText(Repository.PathOf("docs", "portal.md")), "```html\n(.*?)```", RegexOptions.Singleline)
        .Groups[1].Value;

    // A form in which a test waits for a session.
    async Task<Tab> WithoutSessionInFormAsync(RunningApp app)
    {
        var tab = await OpenAsync();
        var token = await tab.VisitAsync(app, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await app.EndSessionsAsync(token);
        // The page may have noticed, and asks for a session on top of the button.
        await tab.Button("Send a test").DispatchEventAsync("click");
        await Expect(tab.Heading(Over)).ToBeVisibleAsync();
        return tab;
    }

    static async Task GoesOnAsync(Tab tab, string over)
    {
        await Expect(tab.Heading(over)).ToBeHiddenAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "It did not arrive" })).ToBeVisibleAsync();
        await Expect(tab.Field("Where to send events")).ToHaveValueAsync($"{Receiver}");
    }

    // On this machine a page without a session begins one.
    static async Task WithoutLocalSessionsAsync(Tab tab) =>
        await tab.Page.RouteAsync("**/api/portal/local-session", route => route.FulfillAsync(new() { Status = 403 }));
}
