using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Sentences that depend on how many there are, in both languages, and what stands for nothing.</summary>
public sealed class SentenceTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    [Theory]
    [InlineData("en", "replay", false, 0, "Stopped before anything was done. All is as it was.")]
    [InlineData("en", "replay", false, 1, "Stopped. 1 was done; the others are as they were.")]
    [InlineData("en", "discard", false, 1200, "Stopped. 1,200 were done; the others are as they were.")]
    [InlineData("en", "resume", true, 0, "Stopped before any was sent. The held events go out soon, unless you pause ")]
    [InlineData("en", "resume", true, 1, "Stopped after 1 event. The others go out soon, unless you pause the ")]
    [InlineData("en", "resume", false, 0, "Stopped before any was sent, since the webhook was paused. All are still ")]
    [InlineData("en", "resume", false, 2, "Stopped after 2 events, since the webhook was paused. The others are still")]
    [InlineData("de", "replay", false, 0, "Angehalten, bevor etwas erledigt war. Alles ist, wie es war.")]
    [InlineData("de", "replay", false, 1, "Angehalten. 1 ist erledigt, alles Übrige ist, wie es war.")]
    [InlineData("de", "discard", false, 1200, "Angehalten. 1.200 sind erledigt, alles Übrige ist, wie es war.")]
    [InlineData("de", "resume", true, 0, "Angehalten, bevor etwas gesendet wurde. Die zurückgehaltenen Ereignisse ")]
    [InlineData("de", "resume", true, 1, "Nach 1 Ereignis angehalten. Die übrigen werden bald gesendet, außer Sie ")]
    [InlineData("de", "resume", false, 0, "Angehalten, bevor etwas gesendet wurde, weil der Webhook pausiert wurde.")]
    [InlineData("de", "resume", false, 2, "Nach 2 Ereignissen angehalten, weil der Webhook pausiert wurde.")]
    public async Task A_job_that_stopped_says_how_much_was_done(
        string language, string kind, bool isAsked, int taken, string sentence)
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/jobs[?]"), async route =>
        {
            var answer = await route.FetchAsync();
            var page = JsonNode.Parse(await answer.TextAsync())!;
            var job = page["items"]![0]!;
            (job["kind"], job["state"], job["stopRequested"]) = (kind, "stopped", isAsked);
            (job["counts"]!["taken"], job["endedAt"]) = (taken, "2026-04-15T09:30:00Z");
            await route.FulfillAsync(new() { Response = answer, Body = page.ToJsonString() });
        });

        await VisitAsync(tab, "job", language, "/jobs");

        await Expect(tab.Page.Locator(".job")).ToContainTextAsync(sentence);
    }

    [Theory]
    [InlineData("en", 1, "1 event will be sent to hooks.zapier.com/…/abcd, in up to 10 attempts. The receiver may ")]
    [InlineData("en", 12, "12 events will be sent to hooks.zapier.com/…/abcd, in up to 10 attempts each. The ")]
    [InlineData("de", 1, "An hooks.zapier.com/…/abcd geht 1 Ereignis, mit bis zu 10 Versuchen. Der Empfänger ")]
    [InlineData("de", 12, "An hooks.zapier.com/…/abcd gehen 12 Ereignisse, mit jeweils bis zu 10 Versuchen.")]
    public async Task Sending_again_says_how_many_go_where(string language, int count, string sentence)
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/dead-letters/count"), route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = $$"""{"matching":{{count}},"indexedAt":"2026-04-15T09:30:00Z"}""",
        }));
        await VisitAsync(tab, "demo", language, $"/w/{Stage.Webhook(0)}/failed");

        await tab.Page.Locator(".check.all input").CheckAsync();
        await tab.Page.Locator(".bar .button.primary").ClickAsync();

        await Expect(tab.Page.Locator("dialog")).ToContainTextAsync(sentence);
    }

    [Theory]
    [InlineData("en", "InvalidEvent", "What Atrium still cannot read is not sent.")]
    [InlineData("en", "InvalidDelivery", "What Atrium still cannot read is not sent.")]
    [InlineData("de", "InvalidEvent", "Was Atrium weiterhin nicht lesen kann, wird nicht gesendet.")]
    public async Task What_cannot_be_read_is_not_promised_to_be_sent(string language, string reason, string sentence)
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/dead-letters/groups"), async route =>
        {
            var answer = await route.FetchAsync();
            var groups = JsonNode.Parse(await answer.TextAsync())!;
            if (groups["items"]!.AsArray().FirstOrDefault()?.DeepClone() is { } group)
            {
                (group["reason"], group["subscriptionId"]) = (reason, null);
                (group["lastStatus"], group["lastErrorClass"]) = (null, null);
                groups["items"] = new JsonArray(group);
            }

            await route.FulfillAsync(new() { Response = answer, Body = groups.ToJsonString() });
        });
        await tab.Page.RouteAsync(new Regex("/dead-letters/count"), route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = """{"matching":3,"indexedAt":"2026-04-15T09:30:00Z"}""",
        }));
        await VisitAsync(tab, "demo", language, "/failed");

        await tab.Page.Locator(".check.all input").CheckAsync();
        await tab.Page.Locator(".bar .button.primary").ClickAsync();

        await Expect(tab.Page.Locator("dialog")).ToContainTextAsync(sentence);
    }

    [Theory]
    [InlineData("en", "The visitor’s data is not shown here.")]
    [InlineData("de", "Die Besucherdaten werden hier nicht gezeigt.")]
    public async Task Of_a_failed_event_which_is_kept_nobody_says_that_it_is_not(string language, string sentence)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "demo", language, $"/w/{Stage.Webhook(0)}");

        await tab.Page.Locator(".rows a").First.ClickAsync();

        await Expect(tab.Page.Locator(".sending .button.danger")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".sending > .hint")).ToHaveTextAsync(sentence);
    }

    [Theory]
    [InlineData("en", "An earlier one still works until")]
    [InlineData("de", "Ein früherer gilt noch bis:")]
    public async Task Of_two_earlier_secrets_neither_is_called_the_last(string language, string sentence)
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex($"/subscriptions/{Stage.Webhook(1)}$"), async route =>
        {
            var answer = await route.FetchAsync();
            var webhook = JsonNode.Parse(await answer.TextAsync())!;
            webhook["earlierSecretsSignUntil"] = new JsonArray("2026-04-15T09:30:00Z", "2026-04-16T09:30:00Z");
            await route.FulfillAsync(new() { Response = answer, Body = webhook.ToJsonString() });
        });

        await VisitAsync(tab, "demo", language, $"/w/{Stage.Webhook(1)}/settings");

        await Expect(tab.Page.Locator("section:has(#secret-title) > p")).ToHaveTextAsync(
            new Regex($"{sentence} .+ {sentence} "));
    }

    [Theory]
    [InlineData("en", "Resumed.")]
    [InlineData("de", "Fortgesetzt.")]
    public async Task Who_resumes_is_promised_nothing_that_may_not_be_held(string language, string sentence)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "demo", language, $"/w/{Stage.Webhook(3)}");

        await tab.Page.Locator(".head .actions .button").Last.ClickAsync();

        await Expect(tab.Page.Locator(".toast")).ToHaveTextAsync(sentence);
    }

    [Fact]
    public async Task Before_it_is_known_which_webhooks_there_are_what_failed_is_sent_to_its_own()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync("**/api/portal/overview", _ => Task.CompletedTask);
        await VisitAsync(tab, "demo", "en", "/failed");

        await tab.Field("Choose all").CheckAsync();
        await tab.Button("Send 12 again…").ClickAsync();

        await Expect(tab.Page.Locator("dialog")).ToContainTextAsync(
            "12 events will be sent again, to their webhook.");
    }

    [Fact]
    public async Task A_name_that_is_empty_is_a_dash_where_versions_are_compared()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "conflict", "de", $"/w/{Stage.Webhook(1)}/settings");
        await tab.Page.Locator("#name").FillAsync("");

        await tab.Page.Locator(".bar .button.primary").ClickAsync();

        await Expect(tab.Page.Locator(".comparison tbody tr").First.Locator("td")).ToHaveTextAsync(
            ["Renamed by somebody else", "–"]);
    }

    [Theory]
    [InlineData("en", "Value of this header")]
    [InlineData("de", "Wert dieses Headers")]
    public async Task The_value_of_a_header_without_a_name_has_a_name_of_its_own(string language, string name)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "demo", language, "/new");

        await tab.Page.Locator("#headers").ClickAsync();
        await tab.Page.Locator("details:has(#headers) .button").ClickAsync();

        await Expect(tab.Page.Locator(".header-row input").Last).ToHaveAccessibleNameAsync(name);
    }

    [Fact]
    public async Task When_a_secret_was_made_is_told_to_people()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "full", "en", "/notices");
        await tab.Button("Make a new secret…").ClickAsync();
        await tab.Page.RouteAsync("**/api/portal/notices", async route =>
        {
            if (route.Request.Method != "GET")
            {
                await route.FulfillAsync(new()
                {
                    Status = 412,
                    ContentType = "application/problem+json",
                    Body = """{"code":"precondition_failed","detail":"It has changed since."}""",
                });
                return;
            }

            var answer = await route.FetchAsync();
            var body = Regex.Replace(
                await answer.TextAsync(), "\"secretCreatedAt\":\"[^\"]+\"",
                "\"secretCreatedAt\":\"2026-04-15T09:30:00Z\"");
            await route.FulfillAsync(new() { Response = answer, Body = body });
        });

        await tab.Button("Make a new secret").ClickAsync();

        await Expect(tab.Page.Locator("dialog .comparison td").Last).ToHaveTextAsync("Made 15 Apr 2026, 11:30:00.");
    }

    Task VisitAsync(Tab tab, string scenario, string language, string route) => tab.VisitAsync(
        server.Address, $"session=atp_{scenario}-{Guid.NewGuid():N}&lang={language}&to={Uri.EscapeDataString(route)}");
}
