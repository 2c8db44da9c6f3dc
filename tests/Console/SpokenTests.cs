using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>What the page says to who does not see it: all that comes about, and each thing once.</summary>
public sealed class SpokenTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    static readonly string Failing = $"/w/{Stage.Webhook(0)}";
    static readonly string Working = $"/w/{Stage.Webhook(1)}";

    [Fact]
    public async Task That_something_is_new_in_a_list_is_said_once_however_much_joins_it()
    {
        const int Polls = 3;
        var tab = await OpenAsync();
        await tab.InstallClockAsync();
        var left = Polls;
        await tab.Page.RouteAsync(new Regex("/attempts[?]"), async route =>
        {
            var answer = await route.FetchAsync();
            var page = JsonNode.Parse(await answer.TextAsync())!;
            for (var newest = 0; newest < left; newest++)
            {
                page["items"]!.AsArray().RemoveAt(0);
            }

            await route.FulfillAsync(new() { Response = answer, Body = page.ToJsonString() });
        });
        await VisitAsync(tab, Working);
        await Expect(tab.Page.Locator(".rows a").First).ToBeVisibleAsync();
        await HearAsync(tab);

        for (var poll = 1; poll <= Polls; poll++)
        {
            left--;
            await tab.Page.Clock.FastForwardAsync("01:00");
            await Expect(tab.Button($"{poll} new · Show")).ToBeVisibleAsync();
        }

        Assert.Equal(["1 new"], await HeardAsync(tab));
    }

    [Fact]
    public async Task What_a_sending_is_is_said_as_soon_as_that_is_known()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, Failing);
        var answer = await tab.HoldAsync("GET", ".*/deliveries/.*");
        await tab.Page.Locator(".rows a").First.ClickAsync();
        await Expect(tab.Heading("Loading…")).ToBeFocusedAsync();
        await HearAsync(tab);

        answer.SetResult();

        await Expect(tab.Heading("A visitor is pre-registered")).ToBeFocusedAsync();
        await tab.UntilAsync("heard.length > 0");
        Assert.Equal(["A visitor is pre-registered"], await HeardAsync(tab));
    }

    [Fact]
    public async Task That_a_sending_is_not_known_is_said_too()
    {
        var tab = await OpenAsync();
        var answer = await tab.HoldAsync("GET", ".*/deliveries/.*");
        await VisitAsync(tab, $"{Failing}/d/msg_0");
        await Expect(tab.Heading("Loading…")).ToBeVisibleAsync();
        await HearAsync(tab);

        answer.SetResult();

        await Expect(tab.Heading("This sending is not known")).ToBeVisibleAsync();
        await tab.UntilAsync("heard.length > 0");
        Assert.Equal(["This sending is not known"], await HeardAsync(tab));
    }

    [Fact]
    public async Task That_a_sending_could_not_be_loaded_is_said_by_its_heading()
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).RefuseAsync("subscriptions/[^/]+/deliveries/.*", 500, "unexpected", "");

        await VisitAsync(tab, $"{Failing}/d/msg_0");

        await Expect(tab.Heading("This sending could not be loaded.")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".sending").GetByText("This sending could not be loaded.")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_end_of_a_job_is_said_although_its_words_come_after_it()
    {
        var tab = await OpenAsync();
        var words = new TaskCompletionSource();
        await tab.Page.RouteAsync(new Regex("/jobs[^/]*[.]js$"), async route =>
        {
            await words.Task;
            await route.ContinueAsync();
        });
        await tab.ChangeAsync("jobs/job_.*", job => (job["state"], job["endedAt"], job["counts"]!["taken"]) =
            ("succeeded", (string)job["createdAt"]!, 200));
        var ended = tab.Page.WaitForResponseAsync(new Regex("/jobs/job_"));
        await tab.VisitAsync(server.Address, $"session=atp_job-{Guid.NewGuid():N}&lang=en&to=/");
        await ended;
        await HearAsync(tab);

        words.SetResult();

        await tab.UntilAsync("heard.some(text => text.startsWith('200 events'))");
    }

    [Fact]
    public async Task A_button_that_cannot_be_used_says_why_when_it_is_pressed()
    {
        const string Why = "Choose what to send again or delete.";
        var tab = await OpenAsync();
        await VisitAsync(tab, "/failed");
        await Expect(tab.Button("Send again")).ToHaveAccessibleDescriptionAsync(Why);

        await tab.Button("Send again").PressAsync("Enter");

        await Expect(tab.Page.Locator(".toasts [role=status]")).ToHaveTextAsync(Why);
    }

    [Fact]
    public async Task A_button_that_waits_for_a_number_to_be_typed_says_so_and_is_not_busy()
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync(
            "dead-letters/count", ("\"matching\":", "\"matching\":12"));
        await VisitAsync(tab, Failing + "/failed");
        await tab.Field("Choose all").CheckAsync();
        await tab.Button("Delete…").ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        var delete = dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" });
        await Expect(dialog.Locator("#confirm")).ToBeVisibleAsync();

        await delete.PressAsync("Enter");

        await Expect(dialog.Locator(".toasts [role=status]")).ToHaveTextAsync(new Regex("^Type [0-9,]+ to confirm$"));
        await Expect(dialog.Locator("[aria-busy]")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(200, 0, "Nothing is left that fits. Somebody else may have been here.")]
    [InlineData(500, 0, "This did not work")]
    public async Task A_button_with_nothing_to_do_says_so_and_is_not_busy(int status, int matching, string why)
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).AnswerAsync("dead-letters/count", route => route.FulfillAsync(new()
        {
            Status = status,
            ContentType = "application/json",
            Body = $$"""{"matching":{{matching}},"indexedAt":"2026-04-15T09:30:00Z"}""",
        }));
        await VisitAsync(tab, Failing + "/failed");
        await tab.Field("Choose all").CheckAsync();
        await tab.Button("Send 12 again…").ClickAsync();
        var send = tab.Page.GetByRole(AriaRole.Dialog).Locator(".button.primary");

        await Expect(send).ToHaveAccessibleDescriptionAsync(why);
        await Expect(send).Not.ToHaveAttributeAsync("aria-busy", "true");
    }

    [Fact]
    public async Task What_the_app_says_of_a_failed_event_in_English_is_marked_as_that()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("dead-letters", page => page["items"]![0]!["attempt"] = null);
        await VisitAsync(tab, "/failed", "de");

        await tab.Page.Locator(".disclose").First.ClickAsync();

        var letters = tab.Page.Locator(".letters .what");
        await Expect(letters.First).ToContainTextAsync("there is no receiver under this URL");
        await Expect(letters.First).ToHaveAttributeAsync("lang", "en");
        await Expect(letters.Last).ToHaveTextAsync("10 Versuche");
        await Expect(letters.Last).Not.ToHaveAttributeAsync("lang", "en");
    }

    // Keeps what the page says from now on: it is there for some seconds only.
    static async Task HearAsync(Tab tab) => await tab.Page.EvaluateAsync("""
        () => {
          window.heard = [];
          const region = document.querySelector('.toasts [role=status]');
          const hear = () => {
            const text = region.textContent;
            if (text !== '' && text !== heard.at(-1)) heard.push(text);
          };
          new MutationObserver(hear).observe(region, { subtree: true, childList: true, characterData: true });
        }
        """);

    // What is shown by now has been said.
    static async Task<string[]> HeardAsync(Tab tab) => await tab.Page.EvaluateAsync<string[]>("heard") ?? [];

    Task VisitAsync(Tab tab, string to, string language = "en") =>
        tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang={language}&to={to}");
}
