using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>What a session may not do is not offered, and what the app refuses is not blamed on a receiver.</summary>
public sealed class RightsTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    [Theory]
    [InlineData("\"view\"", "You can look, but not change anything.")]
    [InlineData(
        "\"view\",\"recover\"",
        "You do not have the right to do this. Ask whoever manages webhooks in Atrium.")]
    public async Task Who_may_not_make_a_webhook_gets_one_sentence_and_the_way_back_in_place_of_the_form(
        string rights, string sentence)
    {
        var tab = await VisitAsync(rights);

        await Expect(tab.Heading("New webhook")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("main .note")).ToHaveTextAsync([sentence]);
        await Expect(tab.Link("Webhooks")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("form")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Who_may_make_a_webhook_but_not_test_one_is_offered_no_test()
    {
        var tab = await VisitAsync("\"view\",\"manage\"");

        await Expect(tab.Button("Save and start sending")).ToBeVisibleAsync();
        await Expect(tab.Button("Send a test")).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByText("Not tested yet")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(403, "forbidden")]
    [InlineData(503, "unavailable")]
    public async Task A_test_that_the_app_did_not_make_says_nothing_of_the_receiver(int status, string code)
    {
        var tab = await VisitAsync("\"view\",\"manage\",\"recover\"");
        await tab.Field("Where to send events").FillAsync("https://dwh.example.com/visitors");
        await tab.Button("Send a test").ClickAsync();
        await Expect(tab.Page.Locator(".exchange.good")).ToBeVisibleAsync();
        await new Stage(tab, isPseudo: false).RefuseAsync("test-webhook", status, code, "");

        await tab.Button("Send a test").ClickAsync();

        await Expect(tab.Page.Locator(".test .note.bad")).ToContainTextAsync("This did not work");
        await Expect(tab.Page.Locator(".exchange")).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByText("It did not arrive")).ToHaveCountAsync(0);
    }

    async Task<Tab> VisitAsync(string rights)
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync("**/api/portal/session", async route =>
        {
            var answer = await route.FetchAsync();
            var body = Regex.Replace(await answer.TextAsync(), "\"rights\":\\[[^]]*]", $"\"rights\":[{rights}]");
            await route.FulfillAsync(new() { Response = answer, Body = body });
        });
        await tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=en&to=/new");
        return tab;
    }
}
