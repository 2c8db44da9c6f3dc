using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>When the page asks the page around it for another session.</summary>
public sealed class EmbeddingTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    const int LeastSecondsBetween = 30;

    [Fact]
    public async Task A_clock_that_is_ahead_does_not_end_the_session_and_does_not_age_what_is_shown()
    {
        var tab = await OpenAsync();
        await tab.Page.AddInitScriptAsync("{ const real = Date.now; Date.now = () => real() + 7_200_000; }");

        var frame = await EmbedAsync(tab, "ahead");
        await Expect(frame.Locator(".card").First).ToBeVisibleAsync();

        await Expect(frame.GetByText("Updated")).ToContainTextAsync("now");
        Assert.Equal(0, await AskedAsync(tab));
    }

    [Fact]
    public async Task A_page_whose_sessions_do_not_last_is_asked_twice_a_minute_at_most()
    {
        var tab = await OpenAsync();
        await tab.InstallClockAsync();
        var renewed = new TaskCompletionSource();
        await tab.Page.RouteAsync("**/api/portal/session", async route =>
        {
            var ends = TimeProvider.System.GetUtcNow().AddMinutes(1).ToString("O", CultureInfo.InvariantCulture);
            await route.FulfillAsync(new()
            {
                ContentType = "application/json",
                Body = $$"""
                    {"tenant":"demo","actor":"jane@acme.example","rights":["view"],"expiresAt":"{{ends}}",
                    "returnUrl":null,"signedInBy":"token"}
                    """,
            });
            if (route.Request.Headers["authorization"].EndsWith("renewed", StringComparison.Ordinal))
            {
                renewed.TrySetResult();
            }
        });

        var frame = await EmbedAsync(tab, "short");
        await Expect(frame.Locator(".card").First).ToBeVisibleAsync();
        await renewed.Task;
        Assert.Equal(1, await AskedAsync(tab));
        await tab.Page.Clock.RunForAsync(LeastSecondsBetween * 1000L);

        await tab.UntilAsync("asked === 2");
    }

    [Theory]
    [InlineData("throw new Error('away')")]
    [InlineData("return Promise.reject(new Error('away'))")]
    [InlineData("return undefined")]
    public async Task A_session_that_cannot_be_renewed_at_once_is_asked_for_again_after_growing_waits(string fails)
    {
        int[] waits = [1, 2, 4, 8];
        var tab = await OpenAsync();
        await tab.InstallClockAsync();
        await tab.Page.RouteAsync("**/parent", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = $$"""
                <script src="/api/console/embed.js"></script>
                <iframe src="/api/console/#session=atp_expired" title="Webhooks"></iframe>
                <script>
                  asked = 0;
                  atriumWebhooks(document.querySelector('iframe'), {
                    renew() {
                      (globalThis.times ??= []).push(Date.now());
                      if (++asked > {{waits.Length}}) return Promise.resolve('atp_demo-{{fails.Length}}');
                      {{fails}};
                    },
                  });
                </script>
                """,
        }));
        await tab.Page.RouteAsync("**/api/portal/local-session", route => route.FulfillAsync(new() { Status = 403 }));
        await tab.Page.GotoAsync($"{server.Address}parent");
        // When the page asks first is up to it.
        await Eventually.TrueAsync(async () =>
        {
            await tab.Page.Clock.RunForAsync(5000);
            return await tab.Page.EvaluateAsync<int>("asked") > waits.Length;
        });

        var times = (await tab.Page.EvaluateAsync<double[]>("times"))!;
        foreach (var (before, wait) in waits.Index())
        {
            // The clock goes on by itself too, so a machine that stands still for a while may add to a wait.
            Assert.InRange(times[before + 1] - times[before], wait * 1000, (wait + 30) * 1000);
        }

        await Expect(tab.Page.FrameLocator("iframe").Locator(".card").First).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    public async Task What_is_said_and_asked_is_within_the_part_of_the_frame_that_is_seen(int scrolled)
    {
        const int Height = 600;
        var tab = await OpenAsync(new() { ViewportSize = new() { Width = 1000, Height = Height } });
        // What is said of how far a job is would take the place of what is looked at.
        await new Stage(tab, isPseudo: false).AnswerAsync("jobs/job_.*", _ => Task.CompletedTask);
        await tab.Page.RouteAsync("**/parent", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = $"""
                <header style="height: 200px">Settings</header>
                <iframe src="/api/console/#session=atp_job-{scrolled}&embed=1" title="Webhooks" width="900"></iframe>
                <footer style="height: 900px">Imprint</footer>
                <script src="/api/console/embed.js"></script>
                <script>atriumWebhooks(document.querySelector('iframe'))</script>
                """,
        }));
        await tab.Page.GotoAsync($"{server.Address}parent");
        var frame = tab.Page.FrameLocator("iframe");
        await Expect(frame.Locator(".job-bar button")).ToBeVisibleAsync();

        await tab.Page.EvaluateAsync($"scrollTo(0, {scrolled})");
        await SeenAsync(frame.Locator(".job-bar"), Height);
        await frame.GetByRole(AriaRole.Button, new() { Name = "Resume" }).EvaluateAsync("button => button.click()");
        await SeenAsync(frame.Locator(".toast"), Height);
        await frame.Locator(".card a").First.EvaluateAsync("link => link.click()");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Send a test" }).First
            .EvaluateAsync("button => button.click()");
        await SeenAsync(frame.Locator("dialog"), Height);
    }

    [Theory]
    [InlineData("['null']")]
    [InlineData("undefined")]
    public async Task A_page_whose_parent_hides_its_origin_is_shown_and_tells_all_the_same(string ancestors)
    {
        var tab = await OpenAsync();
        // What it tells is asked in each window: location itself cannot be changed.
        await tab.Page.RouteAsync("**/console-*.js", async route =>
        {
            var answer = await route.FetchAsync();
            var script = await answer.TextAsync();
            await route.FulfillAsync(new()
            {
                Response = answer,
                Body = script.Replace("location.ancestorOrigins", $"({ancestors})", StringComparison.Ordinal),
            });
        });
        await tab.Page.RouteAsync("**/parent", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = """
                <meta name="referrer" content="no-referrer">
                <script>
                  heard = new Promise(resolve => addEventListener('message', ({ data }) => {
                    if (data.type === 'atrium:height') resolve(data.px);
                  }));
                </script>
                <iframe
                  src="/api/console/#session=atp_demo-hidden" referrerpolicy="no-referrer" title="Webhooks"></iframe>
                """,
        }));
        await tab.Page.GotoAsync($"{server.Address}parent");

        await Expect(tab.Page.FrameLocator("iframe").Locator(".card").First).ToBeVisibleAsync();

        Assert.InRange(await tab.Page.EvaluateAsync<int>("heard"), 1, int.MaxValue);
    }

    [Fact]
    public async Task A_script_that_is_loaded_after_the_frame_learns_what_was_told_before()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync("**/api/portal/local-session", route => route.FulfillAsync(new() { Status = 403 }));
        await tab.Page.RouteAsync("**/parent", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = """<iframe src="/api/console/#session=atp_expired&lang=en&embed=1" title="Webhooks"></iframe>""",
        }));
        await tab.Page.GotoAsync($"{server.Address}parent");
        var frame = tab.Page.FrameLocator("iframe");
        await Expect(frame.GetByText("Open this page from Atrium")).ToBeVisibleAsync();

        await tab.Page.AddScriptTagAsync(new() { Url = "/api/console/embed.js" });
        await tab.Page.EvaluateAsync(
            "() => { atriumWebhooks(document.querySelector('iframe'), { renew: async () => 'atp_demo-late' }); }");

        await Expect(frame.Locator(".card").First).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("iframe")).ToHaveAttributeAsync("style", new Regex("height: [0-9]+px"));
    }

    [Fact]
    public async Task A_page_whose_script_does_not_come_says_so()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync("**/console-*.js", route => route.FulfillAsync(new() { Status = 404 }));

        await tab.VisitAsync(server.Address, "session=atp_demo-lost");
        await Expect(tab.Page.Locator("#wordless")).ToBeHiddenAsync();
        await tab.Page.EvaluateAsync("document.getAnimations().forEach(one => one.finish())");

        await Expect(tab.Page.Locator("#wordless")).ToBeVisibleAsync();
    }

    // Waits until all of it is in the window, whose height is given.
    static Task SeenAsync(ILocator one, int height) => Eventually.TrueAsync(async () =>
        await one.BoundingBoxAsync() is { } box && box.Y >= 0 && box.Y + box.Height <= height);

    // The page in a frame of a page that gives it another session whenever it is asked.
    async Task<IFrameLocator> EmbedAsync(Tab tab, string name)
    {
        await tab.Page.RouteAsync("**/parent", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = $$"""
                <script>
                  asked = 0;
                  addEventListener('message', ({ source, data }) => {
                    if (data.type === 'last') last();
                    if (data.type !== 'atrium:session-ends') return;
                    asked++;
                    source.postMessage({ type: 'atrium:session', token: 'atp_demo-{{name}}-renewed' }, '*');
                  });
                </script>
                <iframe src="/api/console/#session=atp_demo-{{name}}&lang=en" title="Webhooks"></iframe>
                """,
        }));
        await tab.Page.GotoAsync($"{server.Address}parent");
        return tab.Page.FrameLocator("iframe");
    }

    // How often it has asked, once all has come that it was about to say.
    static async Task<int> AskedAsync(Tab tab)
    {
        var heard = tab.Page.EvaluateAsync("() => new Promise(resolve => { last = resolve; })");
        await tab.Page.Frames[1].EvaluateAsync(
            "() => new Promise(resolve => setTimeout(() => resolve(parent.postMessage({ type: 'last' }, '*'))))");
        await heard;
        return await tab.Page.EvaluateAsync<int>("asked");
    }
}
