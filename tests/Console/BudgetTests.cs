using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>What the page costs whoever opens it, in bytes and calls.</summary>
[Collection(nameof(AdminsApp))]
public sealed class BudgetTests(AdminsApp started) : BrowserTests
{
    const int MostBytes = 60 * 1024;
    const int MostBytesOfScripts = 45 * 1024;
    const int MostFiles = 4;
    const int MostCalls = 2;

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task The_first_screen_takes_few_files_few_bytes_and_few_calls(string language)
    {
        var app = started.Share();
        await app.SubscribeAsync(new Uri("http://127.0.0.1:1/hook"), ["*"]);
        var token = await app.BeginSessionAsync();
        var tab = await OpenAsync();
        var callsAtFirst = 0;
        await tab.Page.RouteAsync("**/api/portal/overview", async route =>
        {
            var list = await route.FetchAsync();
            // What follows the list, which the page does not have yet, is not waited for.
            callsAtFirst = callsAtFirst > 0 ? callsAtFirst : tab.Requests.Count(IsCall);
            await route.FulfillAsync(new() { Response = list });
        });

        // What it asks for last.
        var last = tab.Page.WaitForResponseAsync(new Regex("/api/portal/limits$"));
        await tab.VisitAsync(app.Http.BaseAddress!, $"session={token}&lang={language}");
        await Expect(tab.Page.Locator(".card")).ToBeVisibleAsync();
        await last;

        var files = tab.Requests.Where(request => !IsCall(request)).ToList();
        var sizes = await Task.WhenAll(files.Select(async file => (await file.SizesAsync()).ResponseBodySize));
        var scripts = files.Zip(sizes).Where(pair => pair.First.ResourceType == "script").Sum(pair => pair.Second);
        Assert.InRange(files.Count, 1, MostFiles);
        Assert.InRange(sizes.Sum(), 1, MostBytes);
        Assert.InRange(scripts, 1, MostBytesOfScripts);
        Assert.InRange(callsAtFirst, 1, MostCalls);
    }

    [Fact]
    public async Task The_webhooks_are_asked_for_while_the_session_is()
    {
        var app = started.Share();
        await app.SubscribeAsync(new Uri("http://127.0.0.1:1/hook"), ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app);
        await Expect(tab.Page.Locator(".card")).ToBeVisibleAsync();

        var asked = new TaskCompletionSource();
        await tab.Page.RouteAsync("**/api/portal/overview", route =>
        {
            asked.TrySetResult();
            return route.ContinueAsync();
        });
        await tab.Page.RouteAsync("**/api/portal/session", async route =>
        {
            await asked.Task;
            await route.ContinueAsync();
        });
        await tab.Page.ReloadAsync();

        await Expect(tab.Page.Locator(".card")).ToBeVisibleAsync();
    }

    static bool IsCall(IRequest request) => request.Url.Contains("/api/portal/", StringComparison.Ordinal);
}
