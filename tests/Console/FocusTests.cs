using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Where the focus is, and that it is seen.</summary>
public sealed class FocusTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    [Fact]
    public async Task The_focus_is_never_behind_the_bar_of_what_is_done_in_bulk()
    {
        var tab = await OpenAsync(new() { ViewportSize = new() { Width = 1000, Height = 500 } });
        await tab.VisitAsync(server.Address, $"session=atp_job-bar&lang=en&to=/w/{Stage.Webhook(1)}");
        await Expect(tab.Page.Locator(".rows li").Nth(30)).ToBeAttachedAsync();
        var bar = tab.Page.Locator(".job-bar button");
        await Expect(bar).ToBeVisibleAsync();

        await new Hand(tab, isKeyboard: true).PressAsync(bar);
    }

    [Fact]
    public async Task The_heading_has_the_focus_when_the_list_was_emptied()
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(server.Address, "session=atp_demo-emptied&lang=en&to=/failed");
        await tab.Field("Choose all").CheckAsync();

        await tab.Button("Delete…").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Expect(tab.Page.GetByText("Nothing has failed for good.")).ToBeVisibleAsync();
        await Expect(tab.Heading("Failed events")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_heading_has_the_focus_when_an_event_was_sent_again_and_its_buttons_are_gone()
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(server.Address, $"session=atp_demo-again&lang=en&to=/w/{Stage.Webhook(0)}");
        await tab.Page.Locator(".rows a").First.ClickAsync();

        await tab.Button("Send again").ClickAsync();

        await Expect(tab.Button("Send again")).ToBeHiddenAsync();
        await Expect(tab.Page.Locator("#sending")).ToBeFocusedAsync();
    }
}
