using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>
/// How fast the page is, on the fake server: <c>dotnet run -c Release --project tests/Console -- measure</c>. Times are
/// measured and not tested, because a test that depends on speed fails on a busy machine.
/// </summary>
internal static class Measurement
{
    const int Runs = 5;
    const int Rows = 1_000;
    const int RowsOfPage = 50;

    // A slow phone on 3G: 1.6 Mbit/s, 150 ms there and back, and a quarter of this machine's speed.
    const int SlowBytesPerSecond = 200_000;
    const int SlowRoundTripMilliseconds = 150;
    const int SlowFactor = 4;

    // Event timings have a granularity of 8 ms; what is shorter than 16 ms is not reported.
    const string Observing = """
        window.seen = { list: null, slowest: 0, task: 0 };
        new MutationObserver((_, observer) => {
          if (!document.querySelector('.card')) return;
          observer.disconnect();
          requestAnimationFrame(() => { seen.list = performance.now(); });
        }).observe(document, { childList: true, subtree: true });
        new PerformanceObserver(list => list.getEntries().forEach(entry => {
          if (entry.interactionId) seen.slowest = Math.max(seen.slowest, entry.duration);
        })).observe({ type: 'event', durationThreshold: 16 });
        new PerformanceObserver(list => list.getEntries().forEach(entry => {
          seen.task = Math.max(seen.task, entry.duration);
        })).observe({ type: 'longtask' });
        """;

    public static async Task RunAsync(TextWriter output)
    {
        using var server = new FakeServer();
        await server.InitializeAsync();
        await TellAsync("list on screen", "ms", () => ListAsync(server, isSlow: false));
        await TellAsync("list on screen, slow phone on 3G", "ms", () => ListAsync(server, isSlow: true));
        await TellAsync("slowest interaction, slow phone", "ms", () => InteractionAsync(server));
        await TellAsync($"longest task while the last {RowsOfPage} of {Rows} rows are added (0: below 50)", "ms",
            () => RowsAsync(server));
        await server.DisposeAsync();

        async Task TellAsync(string what, string unit, Func<Task<double>> measure)
        {
            var figures = new List<string>();
            for (var run = 0; run < Runs; run++)
            {
                figures.Add((await measure()).ToString("0", CultureInfo.InvariantCulture));
            }

            output.WriteLine($"{what}: {string.Join(", ", figures)} {unit}");
        }
    }

    static async Task<double> ListAsync(FakeServer server, bool isSlow)
    {
        var tab = await OpenAsync(isSlow);
        await tab.VisitAsync(server.Address, "session=atp_demo&lang=en&to=/");
        await Expect(tab.Page.Locator(".card").First).ToBeVisibleAsync();
        await tab.UntilAsync("seen.list !== null");
        return await EndAsync(tab, "seen.list");
    }

    // What an admin does: looks at a webhook and an event, filters, and types a URL.
    static async Task<double> InteractionAsync(FakeServer server)
    {
        var tab = await OpenAsync(isSlow: true);
        await tab.VisitAsync(server.Address, $"session=atp_demo&lang=en&to=/w/{Stage.Webhook(0)}");
        await tab.Page.Locator(".rows a").First.ClickAsync();
        await Expect(tab.Page.Locator(".sending .marks").First).ToBeVisibleAsync();
        await tab.Page.Locator("select").First.FocusAsync();
        await tab.Page.Keyboard.PressAsync("ArrowDown");
        await tab.Page.Locator(".tabs a").Nth(1).ClickAsync();
        await Expect(tab.Page.Locator(".group").First).ToBeVisibleAsync();
        await tab.Page.Locator(".check.all input").ClickAsync();
        await tab.Page.Locator(".tabs a").Nth(2).ClickAsync();
        await tab.Field("Where to send events").PressSequentiallyAsync("https://dwh.example.com/visitors");
        await tab.Button("Make a new secret…").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        return await EndAsync(tab, "seen.slowest");
    }

    static async Task<double> RowsAsync(FakeServer server)
    {
        var tab = await OpenAsync(isSlow: false);
        await tab.Page.RouteAsync("**/attempts?*", async route =>
        {
            var from = int.Parse(
                System.Web.HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query)["cursor"] ?? "0",
                CultureInfo.InvariantCulture);
            var answer = await route.FetchAsync(new() { Url = route.Request.Url.Split("&cursor")[0] });
            var first = JsonSerializer.Deserialize<JsonElement>(await answer.TextAsync()).GetProperty("items")[0];
            var items = Enumerable.Range(from, RowsOfPage).Select(number => OfNumber(first, number));
            var next = from + RowsOfPage < Rows ? $"{from + RowsOfPage}" : null;
            await route.FulfillAsync(new()
            {
                Response = answer,
                Body = JsonSerializer.Serialize(new { items, nextCursor = next }),
            });
        });
        await tab.VisitAsync(server.Address, $"session=atp_demo&lang=en&to=/w/{Stage.Webhook(1)}");
        for (var shown = RowsOfPage; shown < Rows; shown += RowsOfPage)
        {
            await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(shown);
            await tab.Page.EvaluateAsync("seen.task = 0");
            await tab.Button("Show older").ClickAsync();
        }

        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(Rows);
        return await EndAsync(tab, "seen.task");
    }

    static Dictionary<string, object?> OfNumber(JsonElement first, int number)
    {
        var item = first.Deserialize<Dictionary<string, object?>>()!;
        item["deliveryId"] = $"msg_{number:x32}";
        item["startedAt"] = DateTimeOffset.UnixEpoch.AddYears(56).AddMinutes(-number).ToString("O");
        return item;
    }

    static async Task<Tab> OpenAsync(bool isSlow)
    {
        var tab = await Tab.OpenAsync();
        await tab.Page.Context.AddInitScriptAsync(Observing);
        if (isSlow)
        {
            var devtools = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
            await devtools.SendAsync("Emulation.setCPUThrottlingRate", new() { ["rate"] = SlowFactor });
            await devtools.SendAsync("Network.emulateNetworkConditions", new()
            {
                ["offline"] = false,
                ["latency"] = SlowRoundTripMilliseconds,
                ["downloadThroughput"] = SlowBytesPerSecond,
                ["uploadThroughput"] = SlowBytesPerSecond,
            });
        }

        return tab;
    }

    static async Task<double> EndAsync(Tab tab, string figure)
    {
        var measured = await tab.Page.EvaluateAsync<double>(figure);
        await tab.Page.Context.CloseAsync();
        return measured;
    }
}
