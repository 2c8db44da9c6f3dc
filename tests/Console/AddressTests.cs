using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Each address has a title, and one that was cut, mistyped or made up shows a screen all the same.</summary>
public sealed class AddressTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    static readonly string Working = $"/w/{Stage.Webhook(1)}";

    public static TheoryData<string> Rubbish { get; } =
    [
        "/", "//", "/%", "/w", "/w/", "/w/%", "/w/%E0%A4%A", "/w/%/settings", $"{Working}/%", $"{Working}/d/%",
        $"{Working}?", $"{Working}?period=", $"{Working}?period=month", $"{Working}?period=constructor",
        $"{Working}?outcome=rubbish", $"{Working}?period=custom&from=rubbish&to=%", $"{Working}/receiver?tool=%E0%A4%A",
        $"{Working}?period=custom&from=%2B275760-09-13T00:00:00.000Z&to=-271821-04-20T00:00:00.000Z",
        "/failed?since=month", "/failed?since=", "/failed?since=toString", "/failed?event=rubbish&webhook=%",
        "/notices/d/%", "/receiver?tool=", "/jobs?%",
        "/w/.", "/w/..", $"{Working}/..", $"{Working}/d/.", $"{Working}/d/..", "/notices/d/..",
    ];

    public static TheoryData<string> Options { get; } =
        ["lang=en-%%%", "lang=de-x", "lang=xx", "lang=", "tz=Nowhere/At_All", "tz=", "theme=%&dir=%&embed=%"];

    [Theory]
    [MemberData(nameof(Rubbish))]
    public async Task A_route_that_makes_no_sense_shows_a_screen_without_a_fault(string route)
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=en");
        await Expect(tab.Page.Locator(".card").First).ToBeVisibleAsync();

        await tab.Page.EvaluateAsync("route => { location.hash = route; }", route);

        await Expect(tab.Page.Locator("h1")).ToHaveTextAsync(new Regex("."));
        await Expect(tab.Page.Locator("main")).ToContainTextAsync(new Regex(".{40}", RegexOptions.Singleline));
        await Expect(tab.Page.Locator(".skeleton")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Each_view_of_a_webhook_has_a_title_of_its_own()
    {
        const string Name = "Munich data warehouse";
        var tab = await OpenAsync();
        await tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=en");
        await Expect(tab.Page).ToHaveTitleAsync("Webhooks");
        await tab.Link(Name).ClickAsync();

        foreach (var view in new[] { "Failed events", "Settings", "Set up the receiver", "Activity" })
        {
            await tab.Link(view).ClickAsync();
            await Expect(tab.Page).ToHaveTitleAsync($"{view} – {Name} – Webhooks");
        }

        var row = tab.Page.Locator(".rows a").First;
        var title = $"{(await row.TextContentAsync())!.Split(',')[0]} – {Name} – Webhooks";
        await row.ClickAsync();
        await Expect(tab.Page).ToHaveTitleAsync(title);
        // What is loaded anew changes no title.
        await tab.Button("Pause").ClickAsync();
        await Expect(tab.Button("Resume")).ToBeVisibleAsync();
        await Expect(tab.Page).ToHaveTitleAsync(title);

        await tab.Link("Back").ClickAsync();
        await Expect(tab.Page).ToHaveTitleAsync($"Activity – {Name} – Webhooks");
    }

    [Theory]
    [InlineData("?period=")]
    [InlineData("?period=month&outcome=rubbish")]
    [InlineData("?period=custom&from=rubbish")]
    public async Task A_filter_that_there_is_not_is_none(string query)
    {
        var tab = await OpenAsync();

        await tab.VisitAsync(
            server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=en&to={Uri.EscapeDataString(Working + query)}");

        await Expect(tab.Page.Locator(".rows li").First).ToBeVisibleAsync();
    }

    [Theory]
    [MemberData(nameof(Options))]
    public async Task An_option_that_makes_no_sense_is_ignored(string options)
    {
        var tab = await OpenAsync();

        await tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&{options}");

        await Expect(tab.Page.Locator(".card time").First).ToHaveTextAsync(new Regex("."));
    }
}
