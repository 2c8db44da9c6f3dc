using System.Globalization;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>How often a page asks while it is open, by a clock that the tests move.</summary>
public sealed class HourTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    const int Wide = 1280;
    const int Narrow = 800;
    const int List = -1;
    const int Seconds = 1000;

    const int Minute = 60 * Seconds;

    // All intervals fit in a minute. What grows from one try to the next is seen in ten.
    const int Ten = 10;

    static readonly DateTime Opened = new(2026, 11, 28, 9, 0, 0, DateTimeKind.Utc);

    // What is asked for is answered between two steps of the clock, and all waits are as long as they are meant.
    const string Counting = """
        Math.random = () => 0.5;
        const { fetch } = window;
        const asked = [], open = new Set();
        let gate = Promise.resolve(), pass = () => {};
        const turn = () => new Promise(done => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = done;
          port2.postMessage(null);
        });
        const answer = async request => {
          try {
            const response = await fetch(...request);
            const body = await response.text();
            return Object.assign(response, { text: async () => body, json: async () => JSON.parse(body) });
          } finally {
            await gate;
          }
        };
        window.fetch = (...request) => {
          asked.push(String(request[0]));
          const answered = answer(request);
          const ended = answered.catch(() => {}).then(() => open.delete(ended));
          open.add(ended);
          return answered;
        };
        window.hasAsked = part => asked.some(url => url.includes(part));
        window.settle = async () => {
          pass();
          do {
            await Promise.all(open);
            await turn();
          } while (open.size > 0);
          gate = new Promise(done => { pass = done; });
          return asked.splice(0);
        };
        """;

    [Theory]
    [InlineData("all webhooks, 20 that work (every 30 s)", "quiet", List)]
    [InlineData("the same while a delivery is retried (every 5 s)", "demo", List)]
    [InlineData("the activity of one, or the notices sent (overview and attempts, every 30 s)", "quiet", 1)]
    [InlineData("the activity of one that was sent nothing yet (attempts every 5 s)", "quiet", 4)]
    [InlineData("the activity of one while its newest delivery is retried (both every 5 s)", "demo", 2)]
    [InlineData(
        "that delivery, beside the list (overview every 30 s, the others every 5 s)", "demo", 2, true, Wide, Ten)]
    [InlineData("that delivery, on a narrow screen without the list", "demo", 2, true, Narrow)]
    public async Task An_open_page_asks_as_often_in_an_hour_as_the_document_says(
        string page, string scenario, int webhook, bool opens = false, int width = Wide, int minutes = 1)
    {
        var tab = await OpenAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
        await VisitAsync(tab, scenario, webhook == List ? "/" : $"/w/{Stage.Webhook(webhook)}");
        await Expect(tab.Page.Locator(".card, .list .rows li, .list .empty").First).ToBeVisibleAsync();
        if (opens)
        {
            await tab.Page.Locator(".rows a").First.ClickAsync();
            await Expect(tab.Page.Locator(".sending .marks").First).ToBeVisibleAsync();
        }

        await PauseAsync(tab);
        var asked = await PassAsync(tab, minutes * Minute, 5 * Seconds);

        Assert.Equal(Documented(page), 60 / minutes * asked.Count);
    }

    [Fact]
    public async Task A_job_that_is_followed_is_asked_for_as_often_in_an_hour_as_the_document_says()
    {
        var tab = await OpenAsync();
        await FollowAsync(tab);

        // The first ten looks are a second apart.
        await PassAsync(tab, 15 * Seconds, 1 * Seconds);
        var asked = await PassAsync(tab, Minute, 3 * Seconds);

        Assert.Equal(Documented("a job that is followed, in addition (every 3 s)"), 60 * asked.Count(IsOfJob));
    }

    [Fact]
    public async Task A_job_is_asked_for_no_sooner_than_a_server_in_trouble_wants()
    {
        var tab = await OpenAsync();
        await FollowAsync(tab);
        await tab.Page.RouteAsync(new Regex("/jobs/"), route => route.FulfillAsync(new()
        {
            Status = 503,
            ContentType = "application/problem+json",
            Headers = new Dictionary<string, string> { ["retry-after"] = "60" },
            Body = """{"code":"unavailable","detail":""}""",
        }));

        var asked = await PassAsync(tab, Ten * Minute, 5 * Seconds);

        Assert.InRange(asked.Count(IsOfJob), 1, 10);
    }

    [Fact]
    public async Task Without_a_connection_a_job_waits_for_the_next_try_of_all()
    {
        var tab = await OpenAsync();
        await FollowAsync(tab);
        await tab.Page.UnrouteAllAsync();
        await tab.Page.Context.SetOfflineAsync(true);
        await Expect(tab.Page.GetByText("No connection.")).ToBeVisibleAsync();

        var asked = await PassAsync(tab, Ten * Minute, 5 * Seconds);

        // After 5, 10, 20 and 40 seconds, and each minute.
        Assert.InRange(asked.Count(IsOfJob), 1, 14);
        await tab.Page.Context.SetOfflineAsync(false);
    }

    [Theory]
    [InlineData("")]
    [InlineData("overview")]
    public async Task Answers_that_cannot_be_read_are_asked_for_ever_less_also_where_others_can(string path)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "demo", "/");
        await Expect(tab.Page.Locator(".card").First).ToBeVisibleAsync();
        await PauseAsync(tab);
        await tab.Page.RouteAsync(new Regex($"/api/portal/{path}"), route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = """{"asOf":""",
        }));

        var asked = await PassAsync(tab, Ten * Minute, 5 * Seconds);

        // At first after half a minute, then after 5, 10, 20 and 40 seconds, and each minute.
        Assert.InRange(asked.Count(url => url.EndsWith("/overview", StringComparison.Ordinal)), 1, 14);
    }

    [Fact]
    public async Task An_attempt_that_is_long_overdue_is_waited_for_twice_a_minute()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/(attempts|deliveries)[?/]"), async route =>
        {
            var answer = await route.FetchAsync();
            var body = Regex.Replace(
                await answer.TextAsync(), "\"nextAttemptAt\":\"[^\"]+\"", "\"nextAttemptAt\":\"2026-01-01T00:00:00Z\"");
            await route.FulfillAsync(new() { Response = answer, Body = body });
        });
        await VisitAsync(tab, "demo", $"/w/{Stage.Webhook(2)}");
        await tab.Page.Locator(".rows a").First.ClickAsync();
        await Expect(tab.Page.Locator(".sending .marks").First).ToBeVisibleAsync();

        await PauseAsync(tab);
        var asked = await PassAsync(tab, Ten * Minute, 5 * Seconds);

        Assert.Equal(3 * Ten * Minute / (30 * Seconds), asked.Count);
    }

    [Theory]
    [InlineData("/", 1)]
    [InlineData("/w/", 3)]
    public async Task A_page_that_nobody_sees_asks_for_nothing_and_at_once_when_it_is_seen_again(
        string route, int resources)
    {
        var tab = await OpenAsync(new() { ViewportSize = new() { Width = Wide, Height = 900 } });
        await VisitAsync(tab, "demo", route == "/" ? route : route + Stage.Webhook(2));
        await Expect(tab.Page.Locator(".card, .list .rows li").First).ToBeVisibleAsync();
        if (route != "/")
        {
            await tab.Page.Locator(".rows a").First.ClickAsync();
            await Expect(tab.Page.Locator(".sending .marks").First).ToBeVisibleAsync();
        }

        await PauseAsync(tab);
        await ShowAsync(tab, isHidden: true);
        Assert.Empty(await PassAsync(tab, Ten * Minute, Minute));

        await ShowAsync(tab, isHidden: false);

        var asked = await SettleAsync(tab);
        Assert.Equal(resources, asked.Length);
        Assert.Equal(resources, asked.Distinct().Count());
        Assert.NotEmpty(await PassAsync(tab, Minute, 5 * Seconds));
    }

    // As a browser does for a tab in the background, in which time passes all the same.
    static async Task ShowAsync(Tab tab, bool isHidden) => await tab.Page.EvaluateAsync(
        """
        isHidden => {
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """,
        isHidden);

    static int Documented(string page)
    {
        var cells = File.ReadLines(Repository.PathOf("docs", "operations-cost.md"))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToList())
            .Single(cells => cells[0] == page);
        return int.Parse(cells[1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    static bool IsOfJob(string asked) => asked.Contains("/jobs/", StringComparison.Ordinal);

    // A job that does not end.
    async Task FollowAsync(Tab tab)
    {
        string? job = null;
        await tab.Page.RouteAsync(new Regex("/jobs/"), async route =>
        {
            job ??= await (await route.FetchAsync()).TextAsync();
            await route.FulfillAsync(new() { ContentType = "application/json", Body = job });
        });
        await tab.Page.RunAndWaitForResponseAsync(() => VisitAsync(tab, "job", "/"), new Regex("/jobs/"));
        await Expect(tab.Page.Locator(".job progress")).ToBeVisibleAsync();
        await PauseAsync(tab);
    }

    async Task VisitAsync(Tab tab, string scenario, string route)
    {
        await tab.InstallClockAsync(Opened);
        await tab.Page.AddInitScriptAsync($"(() => {{ {Counting} }})()");
        await tab.VisitAsync(server.Address, $"session=atp_{scenario}-{Guid.NewGuid():N}&lang=en&to={route}");
    }

    // From now on, time passes by steps only. Nothing takes an hour until then.
    static async Task PauseAsync(Tab tab)
    {
        // What every page asks for once, after what is seen first.
        await tab.UntilAsync("hasAsked('/limits') && hasAsked('/jobs?')");
        await SettleAsync(tab);
        await tab.Page.Clock.PauseAtAsync(Opened.AddHours(1));
        await SettleAsync(tab);
    }

    static async Task<IReadOnlyList<string>> PassAsync(Tab tab, int time, int step)
    {
        var asked = new List<string>();
        for (var passed = 0; passed < time; passed += step)
        {
            await tab.Page.Clock.RunForAsync(step);
            asked.AddRange(await SettleAsync(tab));
        }

        return asked;
    }

    static async Task<string[]> SettleAsync(Tab tab) => (await tab.Page.EvaluateAsync<string[]>("settle()"))!;
}
