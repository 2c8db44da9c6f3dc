using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Files of the page that do not come: those that it asks for when it is open already.</summary>
public sealed class LoadingTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    static readonly Regex Programs = new("/receivers-[^/]+[.]js$");
    static readonly Regex Advice = new("/todo[^/]*[.]js$");
    static readonly Regex Jobs = new("/jobs[^/]*[.]js$");
    static readonly Regex Failed = new("/failed[^/]*[.]js$");
    static readonly Regex Settings = new("/settings[^/]*[.]js$");
    static readonly Regex German = new("/de-[^/]+[.]js$");
    static readonly Regex English = new("/en-[^/]+[.]js$");

    [Fact]
    public async Task Guides_that_are_gone_since_the_page_was_loaded_say_so_and_can_be_asked_for_again()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(Programs, route => route.FulfillAsync(new() { Status = 404 }));
        await VisitAsync(tab, "lang=en&to=/receiver");
        await Expect(tab.Page.GetByText("The guides could not be loaded.")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("This page is out of date. Load it again.")).ToBeVisibleAsync();

        await tab.Page.UnrouteAllAsync();
        await tab.Button("Try again").ClickAsync();

        await Expect(tab.Page.Locator(".recipe")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Advice_that_is_gone_since_the_page_was_loaded_is_not_left_out_without_a_word()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(Advice, route => route.FulfillAsync(new() { Status = 404 }));

        await VisitAsync(tab, $"lang=en&to=/w/{Stage.Webhook(0)}");
        await tab.Page.Locator(".rows a").First.ClickAsync();

        await Expect(tab.Page.GetByText("This page is out of date. Load it again.").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Settings_whose_words_are_gone_since_the_page_was_loaded_say_so_and_can_be_asked_for_again()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(Settings, route => route.FulfillAsync(new() { Status = 404 }));
        await VisitAsync(tab, $"lang=en&to=/w/{Stage.Webhook(1)}/settings");
        await Expect(tab.Page.GetByText("The webhook could not be loaded.")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("This page is out of date. Load it again.")).ToBeVisibleAsync();

        await tab.Page.UnrouteAllAsync();
        await tab.Button("Try again").ClickAsync();

        await Expect(tab.Button("Delete this webhook…")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_job_whose_words_are_gone_since_the_page_was_loaded_can_be_closed_when_it_has_ended()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(Jobs, route => route.FulfillAsync(new() { Status = 404 }));
        await tab.VisitAsync(server.Address, $"session=atp_job-{Guid.NewGuid():N}&lang=en&to=/");
        await Expect(tab.Page.Locator(".job")).ToHaveTextAsync("This page is out of date. Load it again.");
        await tab.ChangeAsync(
            "jobs/job_.*", job => (job["state"], job["endedAt"]) = ("succeeded", (string)job["createdAt"]!));

        await tab.Page.Locator(".job").GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await Expect(tab.Page.Locator(".job-bar")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Failed_events_whose_words_are_gone_since_the_page_was_loaded_say_so()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(Failed, route => route.FulfillAsync(new() { Status = 404 }));

        await VisitAsync(tab, "lang=en&to=/failed");

        await Expect(tab.Page.GetByText("This page is out of date. Load it again.").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Guides_that_are_wanted_without_a_connection_come_with_it()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "lang=en");
        await Expect(tab.Page.Locator(".card").First).ToBeVisibleAsync();
        await tab.Page.Context.SetOfflineAsync(true);
        await Expect(tab.Page.GetByText("No connection.")).ToBeVisibleAsync();
        await tab.Page.EvaluateAsync("location.hash = '/receiver'");
        await Expect(tab.Page.GetByText("No answer came. Check your connection and try again.")).ToBeVisibleAsync();

        await tab.Page.Context.SetOfflineAsync(false);

        await Expect(tab.Page.Locator(".recipe")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_its_own_words_the_page_speaks_the_other_language()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(German, route => route.AbortAsync());

        await VisitAsync(tab, "lang=de");

        await Expect(tab.Link("Add a webhook")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("lang", "en-GB");
    }

    [Fact]
    public async Task Without_any_words_the_page_says_what_to_do()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(German, route => route.AbortAsync());
        await tab.Page.RouteAsync(English, route => route.AbortAsync());

        await VisitAsync(tab, "lang=de");

        await Expect(tab.Page.GetByText("This page could not be loaded. Load it again.")).ToBeVisibleAsync();
        await tab.ExpectAsync(fault => fault.Contains("dynamically imported module", StringComparison.Ordinal));
    }

    Task VisitAsync(Tab tab, string more) =>
        tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&{more}");
}
