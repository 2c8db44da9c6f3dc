using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Links of another tenant or user, opened in a page that is open: whoever sent one may mean harm.</summary>
[Collection(nameof(AdminsApp))]
public sealed class StrangeLinkTests(AdminsApp started) : BrowserTests
{
    const string OpenLink = "Open the link";
    const string Lost = "Leave without saving?";

    static readonly Uri Receiver = new("http://127.0.0.1:1/hook");

    [Fact]
    public async Task A_new_link_of_another_tenant_shows_nothing_of_the_one_before()
    {
        var (first, second) = (started.Share(), started.Share());
        await first.SubscribeAsync(new Uri("http://127.0.0.1:1/first"), ["*"]);
        await second.SubscribeAsync(new Uri("http://127.0.0.1:1/second"), ["*"]);
        var tab = await OpenAsync();
        var own = await tab.VisitAsync(first);
        await Expect(tab.Page.Locator(".card")).ToContainTextAsync("/first");
        await Expect(tab.Page.Locator(".who")).ToContainTextAsync(first.Tenant);

        var others = await tab.VisitAsync(second);
        await AsksAsync(tab, first.Tenant, second.Tenant);
        Assert.Equal(own, await KeptAsync(tab));
        await tab.Button(OpenLink).ClickAsync();

        await Expect(tab.Page.Locator(".card")).ToContainTextAsync("/second");
        await Expect(tab.Page.GetByText("/first")).ToBeHiddenAsync();
        await Expect(tab.Page.Locator(".who")).ToContainTextAsync(second.Tenant);
        Assert.Equal(others, await KeptAsync(tab));
    }

    [Fact]
    public async Task Who_is_not_to_open_a_link_of_another_tenant_goes_on_with_what_was_typed()
    {
        var (first, second) = (started.Share(), started.Share());
        var tab = await OpenAsync();
        var own = await tab.VisitAsync(first, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");

        await tab.VisitAsync(second.Http.BaseAddress!, $"session={await second.BeginSessionAsync()}");
        await AsksAsync(tab, first.Tenant, second.Tenant);
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        var tested = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Send a test").ClickAsync(), "**/test-webhook");
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "It did not arrive" })).ToBeVisibleAsync();

        Assert.Equal($"Bearer {own}", tested.Headers["authorization"]);
        Assert.Equal(own, await KeptAsync(tab));
        await Expect(tab.Page.Locator(".who")).ToContainTextAsync(first.Tenant);
    }

    [Fact]
    public async Task A_link_of_another_user_of_the_tenant_is_asked_about_too()
    {
        const string Other = "joe@acme.example";
        var app = started.Share();
        var tab = await OpenAsync();
        var own = await tab.VisitAsync(app);
        await Expect(tab.Heading("No webhook yet")).ToBeVisibleAsync();

        await tab.VisitAsync(app.Http.BaseAddress!, $"session={await app.BeginSessionOfAsync(Other, "view")}");
        await AsksAsync(tab, "jane@acme.example", Other);
        Assert.Equal(own, await KeptAsync(tab));
        await tab.Button(OpenLink).ClickAsync();

        await Expect(tab.Page.Locator(".who")).ToContainTextAsync(Other);
    }

    [Fact]
    public async Task Who_is_not_to_open_a_link_goes_back_to_where_it_was_opened()
    {
        var (first, second) = (started.Share(), started.Share());
        var tab = await OpenAsync();
        await tab.VisitAsync(first, "/failed?since=week");
        await Expect(tab.Heading("Failed events")).ToBeVisibleAsync();

        await tab.VisitAsync(second, "/notices");
        await AsksAsync(tab, first.Tenant, second.Tenant);
        await tab.Button("Stay").ClickAsync();

        await Expect(tab.Heading("Failed events")).ToBeVisibleAsync();
        Assert.Equal("#/failed?since=week", new Uri(tab.Page.Url).Fragment);
    }

    [Fact]
    public async Task Who_is_to_open_neither_of_two_links_goes_back_to_where_the_first_was_opened()
    {
        var (first, second, third) = (started.Share(), started.Share(), started.Share());
        var tab = await OpenAsync();
        await tab.VisitAsync(first, "/failed");
        await Expect(tab.Heading("Failed events")).ToBeVisibleAsync();
        await tab.VisitAsync(second, "/notices");
        await AsksAsync(tab, first.Tenant, second.Tenant);

        await tab.VisitAsync(third, "/receiver");
        await AsksAsync(tab, first.Tenant, third.Tenant);
        await tab.Button("Stay").ClickAsync();

        await Expect(tab.Heading("Failed events")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_has_typed_something_is_asked_one_question_by_a_link_that_leads_elsewhere()
    {
        var (first, second) = (started.Share(), started.Share());
        var tab = await OpenAsync();
        await tab.VisitAsync(first, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");

        await tab.VisitAsync(second, "/notices");
        await AsksAsync(tab, first.Tenant, second.Tenant);
        await Expect(tab.Heading(Lost)).ToBeHiddenAsync();
        await tab.Button("Stay").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        await Expect(tab.Field("Where to send events")).ToHaveValueAsync($"{Receiver}");
        Assert.Equal("#/new", new Uri(tab.Page.Url).Fragment);
    }

    [Fact]
    public async Task Who_opens_a_link_although_something_is_typed_is_told_before_and_not_asked_again()
    {
        var (first, second) = (started.Share(), started.Share());
        var tab = await OpenAsync();
        var questions = 0;
        tab.Page.Dialog += (_, dialog) =>
        {
            questions++;
            _ = dialog.DismissAsync();
        };
        await tab.VisitAsync(first, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");

        await tab.VisitAsync(second, "/notices");
        await AsksAsync(tab, first.Tenant, second.Tenant);
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("will be lost");
        await tab.Button(OpenLink).ClickAsync();

        await Expect(tab.Page.Locator(".who")).ToContainTextAsync(second.Tenant);
        await Expect(tab.Heading("Notices about failing webhooks")).ToBeVisibleAsync();
        Assert.Equal("#/notices", new Uri(tab.Page.Url).Fragment);
        Assert.Equal(0, questions);
    }

    [Fact]
    public async Task A_link_is_opened_although_another_account_was_refused_before()
    {
        var (first, second, third) = (started.Share(), started.Share(), started.Share());
        var tab = await OpenAsync(new() { ExtraHTTPHeaders = first.SignedIn() });
        var stayed = new TaskCompletionSource();
        tab.Page.Dialog += async (_, dialog) =>
        {
            await dialog.DismissAsync();
            stayed.TrySetResult();
        };
        await tab.OpenFormAsync(first);
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await tab.Page.Context.SetExtraHTTPHeadersAsync(second.SignedIn());
        await tab.Button("Save and start sending").ClickAsync();
        await stayed.Task;

        await tab.VisitAsync(third);
        await AsksAsync(tab, first.Tenant, third.Tenant);
        await tab.Button(OpenLink).ClickAsync();

        await Expect(tab.Page.Locator(".who")).ToContainTextAsync(third.Tenant);
    }

    [Fact]
    public async Task An_answer_about_a_link_counts_no_more_once_another_was_opened()
    {
        var (first, second) = (started.Share(), started.Share());
        var tab = await OpenAsync();
        await tab.VisitAsync(first);
        await Expect(tab.Heading("No webhook yet")).ToBeVisibleAsync();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        await tab.Page.RouteAsync(
            "**/api/portal/session",
            async route =>
            {
                asked.TrySetResult();
                await answer.Task;
                await route.ContinueAsync();
            },
            new() { Times = 1 });
        await tab.VisitAsync(second);
        await asked.Task;
        var own = await tab.VisitAsync(first);
        await tab.UntilAsync($"sessionStorage.getItem('atrium.session') === '{own}'");

        var answered = tab.Page.WaitForResponseAsync("**/api/portal/session");
        answer.SetResult();
        await (await answered).FinishedAsync();
        // By then the page has taken in what was answered before.
        await tab.Page.EvaluateAsync("fetch('/api/portal/session').then(() => 1)");

        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.Equal(own, await KeptAsync(tab));
    }

    // Names both, and asks which.
    static async Task AsksAsync(Tab tab, string own, string other)
    {
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync(own);
        await Expect(dialog).ToContainTextAsync(other);
    }

    // The session that a reload goes on with.
    static Task<string?> KeptAsync(Tab tab) =>
        tab.Page.EvaluateAsync<string?>("sessionStorage.getItem('atrium.session')");
}
