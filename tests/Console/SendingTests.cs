using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>What one sending shows while its end, or its new beginning, is written down.</summary>
public sealed class SendingTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    [Fact]
    public async Task Who_watches_the_last_attempt_fail_can_send_again_once_it_is_listed()
    {
        var tab = await OpenAsync();
        var isListed = false;
        await ChangeDeliveryAsync(tab, delivery =>
        {
            JustNow(delivery);
            delivery["deadLetter"] = isListed ? delivery["deadLetter"]!.DeepClone() : null;
        });
        await OpenFirstAsync(tab);
        await Expect(tab.Page.Locator(".sending").GetByText("Failed for good")).ToBeVisibleAsync();
        await Expect(tab.Button("Send again")).ToBeHiddenAsync();

        isListed = true;
        await tab.Page.Clock.FastForwardAsync(6_000);

        await Expect(tab.Button("Send again")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_run_that_begins_late_after_sending_again_is_shown()
    {
        var tab = await OpenAsync();
        var hasBegun = false;
        await ChangeDeliveryAsync(tab, delivery =>
        {
            if (!hasBegun)
            {
                return;
            }

            var run = delivery["runs"]![0]!.DeepClone();
            run["run"] = 2;
            delivery["runs"]!.AsArray().Add(run);
            delivery["outcome"] = "Delivered";
        });
        await OpenFirstAsync(tab);
        await tab.Button("Send again").ClickAsync();
        await Expect(tab.Button("Send again")).ToBeHiddenAsync();
        await tab.Page.Clock.RunForAsync(3_000);
        await Expect(tab.Page.GetByText("1 event was sent again.").First).ToBeVisibleAsync();

        hasBegun = true;
        await tab.Page.Clock.FastForwardAsync(30_000);

        await Expect(tab.Page.GetByText("Sent again 1 time.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Of_a_sending_that_was_sent_again_days_later_each_attempt_has_its_date()
    {
        var tab = await OpenAsync();
        var first = TimeProvider.System.GetUtcNow().AddDays(-5);
        await tab.Page.RouteAsync(new Regex("/deliveries/"), async route =>
        {
            var answer = await route.FetchAsync();
            var delivery = JsonNode.Parse(await answer.TextAsync())!;
            var runs = delivery["runs"]!.AsArray();
            var again = runs[0]!.DeepClone();
            again["run"] = 2;
            runs.Add(again);
            foreach (var attempt in runs[0]!["attempts"]!.AsArray())
            {
                attempt!["startedAt"] = first.ToString("O");
            }

            await route.FulfillAsync(new() { Response = answer, Body = delivery.ToJsonString() });
        });
        await OpenFirstAsync(tab);

        var runs = tab.Page.Locator(".run");
        await Expect(runs.Locator("h3").Filter(new() { HasTextString = "over time" })).ToHaveTextAsync(
            ["Attempts over time, sent again 1", "Attempts over time"]);
        var local = TimeZoneInfo.ConvertTime(first, Tab.Zone);
        var day = local.ToString("d MMM", CultureInfo.InvariantCulture);
        var second = local.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var attempts = runs.Last.Locator("summary");
        await Expect(attempts).ToHaveCountAsync(10);
        foreach (var part in new[] { day, second })
        {
            await Expect(attempts).ToContainTextAsync(Enumerable.Repeat(part, 10));
            await Expect(runs.Last.Locator("ol li")).ToContainTextAsync(Enumerable.Repeat(part, 10));
        }
    }

    [Fact]
    public async Task What_a_pause_holds_up_is_not_said_to_be_sent_any_moment()
    {
        var tab = await OpenAsync();
        await DelayAsync(tab, () => TimeProvider.System.GetUtcNow().AddSeconds(-20));
        await VisitAsync(tab, Stage.Webhook(2));
        await Expect(tab.Page.Locator(".rows li").First).ToContainTextAsync("next any moment");

        await tab.Button("Pause").ClickAsync();

        await Expect(tab.Page.Locator(".rows li").First).ToContainTextAsync("held while it is paused");
        await tab.Page.Locator(".rows a").First.ClickAsync();
        await Expect(tab.Page.Locator(".sending")).ToContainTextAsync("held while it is paused");
    }

    [Fact]
    public async Task What_is_a_minute_overdue_is_not_said_to_be_sent_any_moment()
    {
        var tab = await OpenAsync();
        // The page's clock may be behind by a second or two.
        await DelayAsync(tab, () => TimeProvider.System.GetUtcNow().AddSeconds(-65));

        await VisitAsync(tab, Stage.Webhook(2));

        await Expect(tab.Page.Locator(".rows .what").First).ToHaveTextAsync("attempt 7 of 10");
    }

    // As if each next attempt were to be made at another time.
    static async Task DelayAsync(Tab tab, Func<DateTimeOffset> time) =>
        await tab.Page.RouteAsync(new Regex("/(attempts|deliveries)[?/]"), async route =>
        {
            var answer = await route.FetchAsync();
            var body = Regex.Replace(
                await answer.TextAsync(), "\"nextAttemptAt\":\"[^\"]+\"", $"\"nextAttemptAt\":\"{time():O}\"");
            await route.FulfillAsync(new() { Response = answer, Body = body });
        });

    static async Task ChangeDeliveryAsync(Tab tab, Action<JsonNode> change)
    {
        await tab.InstallClockAsync();
        await tab.Page.RouteAsync(new Regex("/deliveries/"), async route =>
        {
            var answer = await route.FetchAsync();
            var delivery = JsonNode.Parse(await answer.TextAsync())!;
            change(delivery);
            await route.FulfillAsync(new() { Response = answer, Body = delivery.ToJsonString() });
        });
    }

    // As if its last attempt had begun now.
    static void JustNow(JsonNode delivery)
    {
        var last = delivery["runs"]![0]!["attempts"]!.AsArray()[^1]!;
        last["startedAt"] = TimeProvider.System.GetUtcNow().ToString("O");
    }

    async Task OpenFirstAsync(Tab tab)
    {
        await VisitAsync(tab, Stage.Webhook(0));
        await tab.Page.Locator(".rows a").First.ClickAsync();
        await Expect(tab.Page.Locator(".sending .marks").First).ToBeVisibleAsync();
    }

    Task VisitAsync(Tab tab, string webhook) =>
        tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=en&to=/w/{webhook}");
}
