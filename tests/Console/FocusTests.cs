using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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

    [Fact]
    public async Task A_header_that_is_replaced_or_removed_keeps_the_focus_near()
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(server.Address, $"session=atp_demo-headers&lang=en&to=/w/{Stage.Webhook(1)}/settings");

        await tab.Button("Replace the value of X-Key").ClickAsync();
        await Expect(tab.Field("Value of X-Key")).ToBeFocusedAsync();
        await tab.Button("Remove X-Key").ClickAsync();

        await Expect(tab.Page.Locator("#headers")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task What_is_new_has_the_focus_when_it_is_shown()
    {
        var tab = await OpenAsync();
        var isLater = false;
        await tab.Page.RouteAsync(new Regex("/attempts[?]"), async route =>
        {
            var answer = await route.FetchAsync();
            var page = JsonNode.Parse(await answer.TextAsync())!;
            var items = page["items"]!.AsArray();
            if (!isLater)
            {
                items.RemoveAt(0);
            }

            await route.FulfillAsync(new() { Response = answer, Body = page.ToJsonString() });
        });
        await tab.VisitAsync(server.Address, $"session=atp_demo-news&lang=en&to=/w/{Stage.Webhook(1)}");
        await Expect(tab.Page.Locator(".rows a").First).ToBeVisibleAsync();
        isLater = true;
        // At once: any answer that comes in between says that there is a connection.
        await tab.Page.EvaluateAsync(
            "() => { dispatchEvent(new Event('offline')); dispatchEvent(new Event('online')); }");

        await tab.Button("1 new · Show").ClickAsync();

        await Expect(tab.Page.Locator(".rows a").First).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("/w/{0}/settings", "Name (optional)")]
    [InlineData("/notices", "Where to send notices")]
    public async Task Who_saves_again_under_a_conflict_is_led_to_it_again(string screen, string field)
    {
        var tab = await OpenAsync();
        var scenario = screen == "/notices" ? "full" : "conflict";
        var to = string.Format(CultureInfo.InvariantCulture, screen, Stage.Webhook(1));
        await tab.Page.RouteAsync(new Regex("/api/portal/notices$"), route => route.Request.Method == "PUT"
            ? route.FulfillAsync(new() { Status = 412, ContentType = "application/problem+json", Body = "{}" })
            : ChangeAsync(route));
        await tab.VisitAsync(server.Address, $"session=atp_{scenario}-{Guid.NewGuid():N}&lang=en&to={to}");
        await tab.Field(field).FillAsync("https://mine.example.com");
        await tab.Button("Save changes").ClickAsync();
        var heading = tab.Page.Locator("section.note h2");
        await Expect(heading).ToBeFocusedAsync();

        await tab.Button("Save changes").ClickAsync();

        await Expect(heading).ToBeFocusedAsync();

        // Somebody else is quicker each time.
        static async Task ChangeAsync(IRoute route)
        {
            var answer = await route.FetchAsync();
            var body = (await answer.TextAsync()).Replace("/told", $"/{Guid.NewGuid():N}", StringComparison.Ordinal);
            await route.FulfillAsync(new() { Response = answer, Body = body });
        }
    }

    [Fact]
    public async Task The_heading_has_the_focus_when_the_bar_of_what_is_done_in_bulk_was_closed()
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(server.Address, "session=atp_job-close&lang=en");
        var bar = tab.Page.Locator(".job-bar");
        await bar.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();

        await bar.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await Expect(bar).ToBeHiddenAsync();
        await Expect(tab.Heading("Webhooks")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_heading_beside_a_button_that_has_done_its_work_has_the_focus()
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(server.Address, $"session=atp_demo-stop&lang=en&to=/w/{Stage.Webhook(1)}/settings");
        await tab.Button("Stop signing…").ClickAsync();

        await tab.Button("Stop signing").ClickAsync();

        await Expect(tab.Button("Make a secret…")).ToBeVisibleAsync();
        await Expect(tab.Heading("Signing secret")).ToBeFocusedAsync();
    }
}
