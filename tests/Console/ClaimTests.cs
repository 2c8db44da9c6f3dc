using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.Playwright;
using static Atrium.BrowserTests.Answers;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>The page says, asks for and does what is so, and no more than it knows.</summary>
public sealed class ClaimTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    const string Groups = "dead-letters/groups";

    static readonly string Failing = Stage.Webhook(0);
    static readonly string Paused = Stage.Webhook(3);

    [Theory]
    [InlineData("subscriptionId")]
    [InlineData("reason")]
    [InlineData("lastStatus")]
    [InlineData("lastErrorClass")]
    public async Task A_group_that_lacks_something_is_counted_and_deleted_without_those_that_have_it(string part)
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync(Groups, answer =>
        {
            var whole = answer["items"]!.AsArray().FirstOrDefault(one => one!["lastStatus"] is not null)?.DeepClone();
            if (whole is null)
            {
                return;
            }

            var lacking = whole.DeepClone();
            (lacking[part], lacking["count"]) = (null, 1);
            answer["items"] = new JsonArray(whole, lacking);
        });
        // Of what the groups are made up, there is nothing to count.
        await tab.ChangeAsync("dead-letters/count", answer => answer["matching"] = 1);
        await VisitAsync(tab, "/failed");
        var lacking = tab.Page.Locator(".groups > li").Filter(new() { Has = tab.Page.Locator(".count", Exactly("1")) });
        await lacking.GetByRole(AriaRole.Checkbox).CheckAsync();

        var counted = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Delete…").ClickAsync(), new Regex("/dead-letters/count"));
        var deleted = await tab.Page.RunAndWaitForRequestAsync(
            () => InDialog(tab, "Delete").ClickAsync(), new Regex("/dead-letters/discard"));

        Assert.Equal(part, HttpUtility.ParseQueryString(new Uri(counted.Url).Query)["without"]);
        var body = JsonNode.Parse(deleted.PostData!)!.AsObject();
        Assert.Equal([part], body["without"]!.AsArray().Select(one => (string)one!));
        Assert.False(body.ContainsKey(part));
    }

    [Fact]
    public async Task A_group_beside_which_there_may_be_others_is_counted_and_deleted_alone()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync(Groups, answer =>
        {
            answer["complete"] = false;
            var some = answer["items"]!.AsArray().Where(one => (int?)one!["lastStatus"] == 404);
            answer["items"] = new JsonArray([.. some.Select(one => one!.DeepClone())]);
        });
        await VisitAsync(tab, "/failed");
        await tab.Field("Choose all").CheckAsync();

        var counted = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Delete…").ClickAsync(), new Regex("/dead-letters/count"));
        var deleted = await tab.Page.RunAndWaitForRequestAsync(
            () => InDialog(tab, "Delete").ClickAsync(), new Regex("/dead-letters/discard"));

        var query = HttpUtility.ParseQueryString(new Uri(counted.Url).Query);
        var body = JsonNode.Parse(deleted.PostData!)!;
        Assert.Equal(("404", "http"), (query["lastStatus"], query["lastErrorClass"]));
        Assert.Equal((404, "http"), ((int)body["lastStatus"]!, (string?)body["lastErrorClass"]));
    }

    [Fact]
    public async Task Of_a_webhook_whose_groups_are_all_chosen_nothing_is_meant_that_failed_after_they_were_loaded()
    {
        var tab = await OpenAsync();
        await tab.InstallClockAsync();
        // The page takes the server's time from its answers.
        await tab.Page.RouteAsync("**/api/portal/**", async route =>
        {
            var answer = await route.FetchAsync();
            var headers = answer.Headers.Where(header => header.Key != "date").ToDictionary();
            await route.FulfillAsync(new() { Response = answer, Headers = headers });
        });
        await VisitAsync(tab, $"/w/{Failing}/failed");
        await tab.Field("Choose all").CheckAsync();
        var listed = await tab.Page.EvaluateAsync<long>("Date.now()");
        await tab.Page.Clock.FastForwardAsync("01:00:00");

        var counted = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Delete…").ClickAsync(), new Regex("/dead-letters/count"));

        var query = HttpUtility.ParseQueryString(new Uri(counted.Url).Query);
        Assert.Null(query["lastStatus"]);
        var to = DateTimeOffset.Parse(query["to"]!, CultureInfo.InvariantCulture);
        Assert.InRange(to.ToUnixTimeMilliseconds(), 0, listed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_listed_after_the_time_of_the_pages_clock_is_meant_with_the_groups_that_have_it(
        bool isComplete)
    {
        var countedTo = TimeProvider.System.GetUtcNow().AddMinutes(5);
        var tab = await OpenAsync();
        await tab.ChangeAsync(Groups, answer =>
        {
            answer["complete"] = isComplete;
            if (answer["items"]!.AsArray().Count > 0)
            {
                answer["countedTo"] = countedTo.ToString("O");
            }
        });
        await VisitAsync(tab, $"/w/{Failing}/failed");
        await tab.Field("Choose all").CheckAsync();

        var counted = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Delete…").ClickAsync(), new Regex("/dead-letters/count"));

        var query = HttpUtility.ParseQueryString(new Uri(counted.Url).Query);
        Assert.Equal(isComplete, query["reason"] is null);
        var to = DateTimeOffset.Parse(query["to"]!, CultureInfo.InvariantCulture);
        Assert.InRange(to, countedTo, countedTo.AddMilliseconds(1));
    }

    [Fact]
    public async Task What_was_done_in_bulk_names_its_webhook()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("jobs", answer => answer["items"] = new JsonArray(
            Job("replay", "succeeded", Failing, -5), Job("replay", "succeeded", "sub_deleted", -9)));
        await VisitAsync(tab, "/jobs");

        await Expect(tab.Page.Locator(".job")).ToHaveCountAsync(2);
        await Expect(tab.Page.Locator(".job a")).ToHaveCountAsync(1);
        await tab.Link("Access control via Zapier").ClickAsync();

        await Expect(tab.Heading("Access control via Zapier")).ToBeVisibleAsync();
    }

    // What is meant is what had failed when the dialog was opened. An answer that was long under way tells nothing of
    // the time at which it arrives.
    [Fact]
    public async Task A_slow_answer_does_not_set_the_time_back_up_to_which_failed_events_are_meant()
    {
        const int Seconds = 60;
        var tab = await OpenAsync();
        await tab.Page.RouteAsync("**/api/portal/**", async route =>
        {
            var answer = await route.FetchAsync();
            var headers = answer.Headers.ToDictionary();
            if (new Uri(route.Request.Url).AbsolutePath.EndsWith(Groups, StringComparison.Ordinal))
            {
                await tab.Page.EvaluateAsync(
                    $"{{ const real = Date.now; Date.now = () => real() + {Seconds * 1000}; }}");
            }
            else
            {
                headers.Remove("date");
            }

            await route.FulfillAsync(new() { Response = answer, Headers = headers });
        });
        await VisitAsync(tab, "/failed");
        await tab.Page.Locator(".groups > li").First.GetByRole(AriaRole.Checkbox).CheckAsync();

        var counted = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Delete…").ClickAsync(), new Regex("/dead-letters/count"));

        var asked = await tab.Page.EvaluateAsync<long>("Date.now()");
        var to = DateTimeOffset.Parse(
            HttpUtility.ParseQueryString(new Uri(counted.Url).Query)["to"]!, CultureInfo.InvariantCulture);
        Assert.InRange(asked - to.ToUnixTimeMilliseconds(), 0, Seconds * 1000 / 2);
    }

    [Fact]
    public async Task A_group_of_a_live_webhook_is_not_called_one_of_a_deleted_webhook_while_that_is_not_known()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync("**/api/portal/overview", _ => { });

        await VisitAsync(tab, "/failed");

        await Expect(tab.Page.Locator(".group-title strong").First).ToHaveTextAsync("Webhook");
        await Expect(tab.Page.GetByText("A webhook that was deleted")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData(null, "It is not known yet what has failed")]
    [InlineData(-300, "Complete until")]
    public async Task That_nothing_has_failed_is_said_only_while_all_is_counted(int? secondsAgo, string sentence)
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync(Groups, answer =>
            (answer["items"], answer["indexedAt"]) = (new JsonArray(), In(secondsAgo)));

        await VisitAsync(tab, "/failed");

        await Expect(tab.Page.GetByText(sentence)).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".empty .good")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData(null, "It is not known yet what has failed")]
    [InlineData(-300, "Complete until")]
    public async Task While_not_all_is_counted_no_webhook_is_said_to_hold_nothing(int? secondsAgo, string sentence)
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("overview", answer =>
        {
            answer["indexedAt"] = In(secondsAgo);
            foreach (var webhook in answer["subscriptions"]!.AsArray())
            {
                webhook!["parked"] = 0;
            }
        });

        await VisitAsync(tab, "/");
        await Expect(tab.Page.GetByText(sentence)).ToBeVisibleAsync();
        await tab.Link("Test").ClickAsync();

        await Expect(tab.Page.GetByText("Somebody paused it")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("No event has come since then.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task What_was_counted_when_it_was_loaded_is_not_called_incomplete_later()
    {
        var tab = await OpenAsync();
        var then = TimeProvider.System.GetUtcNow().AddHours(-1);
        await tab.ChangeAsync("overview", answer =>
        {
            (answer["asOf"], answer["indexedAt"]) = (Written(then), Written(then.AddSeconds(-30)));
            answer["subscriptions"]!.AsArray().Single(one => (string?)one!["id"] == Paused)!["parked"] = 0;
        });

        await VisitAsync(tab, $"/w/{Paused}");
        await Expect(tab.Page.GetByText("No event has come since then.")).ToBeVisibleAsync();
        await tab.Link("Webhooks").ClickAsync();

        await Expect(tab.Page.Locator(".card")).ToHaveCountAsync(5);
        await Expect(tab.Page.GetByText("Complete until")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Who_deletes_is_warned_that_the_count_is_not_complete()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("dead-letters/count", answer => answer["indexedAt"] = null);
        await VisitAsync(tab, $"/w/{Failing}/failed");
        await tab.Field("Choose all").CheckAsync();
        await tab.Button("Delete…").ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("It is not known yet what has failed");
        await InDialog(tab, "Keep").ClickAsync();

        await tab.Link("Settings").ClickAsync();
        await tab.Button("Delete this webhook…").ClickAsync();

        await Expect(dialog).ToContainTextAsync("It is not known yet what has failed");
    }

    [Fact]
    public async Task Who_deletes_a_webhook_is_told_of_what_waits_for_a_retry()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("overview", answer => answer["subscriptions"]!.AsArray()
            .Single(one => (string?)one!["id"] == Failing)!["retrying"] = 7);
        await VisitAsync(tab, $"/w/{Failing}/settings");

        await tab.Button("Delete this webhook…").ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync(
            "What can no longer be sent then: 12 failed events and 7 events that wait for a retry.");
    }

    [Fact]
    public async Task What_failed_and_what_was_done_can_be_reached_when_the_last_webhook_is_deleted()
    {
        var tab = await OpenAsync();

        await tab.VisitAsync(server.Address, $"session=atp_empty-{Guid.NewGuid():N}&lang=en");

        await Expect(tab.Heading("No webhook yet")).ToBeVisibleAsync();
        foreach (var link in new[] { "All failed events", "What was done in bulk", "Be told when a webhook fails" })
        {
            await Expect(tab.Link(link)).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task What_is_not_renewed_in_time_is_marked_as_old()
    {
        var tab = await OpenAsync();
        await tab.Page.Clock.InstallAsync();
        // The browser's own, which no clock of a test reaches.
        await tab.Page.AddInitScriptAsync("""
            AbortSignal.timeout = wait => {
              const controller = new AbortController();
              setTimeout(() => controller.abort(new DOMException('', 'TimeoutError')), wait);
              return controller.signal;
            };
            """);
        await VisitAsync(tab, "/");
        await Expect(tab.Page.Locator(".card").First).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".stale")).ToBeHiddenAsync();

        // A connection that neither answers nor breaks.
        await tab.Page.RouteAsync("**/api/portal/overview", _ => { });
        await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Page.Clock.FastForwardAsync("00:40"), new Regex("/overview$"));
        await tab.Page.Clock.FastForwardAsync("01:01");

        // For five seconds at first.
        await Expect(tab.Page.GetByText("No connection.")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".stale .card").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_is_said_when_held_events_are_deleted()
    {
        var tab = await OpenAsync();
        var at = TimeProvider.System.GetUtcNow().AddDays(3);
        var (deleted, paused) = (Written(at), Written(at.AddDays(-90)));
        await tab.ChangeAsync($"subscriptions/{Paused}/parked", answer => answer["discardedAt"] = deleted);
        await tab.ChangeAsync($"subscriptions/{Paused}", answer => answer["pausedAt"] = paused);
        await tab.ChangeAsync("overview", answer => answer["subscriptions"]!.AsArray()
            .Single(one => (string?)one!["id"] == Paused)!["pausedAt"] = paused);

        await VisitAsync(tab, $"/w/{Paused}");

        var day = TimeZoneInfo.ConvertTime(at, Tab.Zone).ToString("d MMM", CultureInfo.InvariantCulture);
        var said = tab.Page.GetByText("The oldest held events are deleted");
        await Expect(said).ToContainTextAsync(day);
        await tab.Link("Settings").ClickAsync();
        await Expect(said).ToContainTextAsync(day);
        await Expect(tab.Page.GetByText("Each is deleted after 90 days.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_resume_that_failed_is_not_tried_again_over_a_later_pause_without_a_question()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("jobs", answer => answer["items"] = new JsonArray(
            Job("resume", "failed", Paused, -86_400)));
        await VisitAsync(tab, "/jobs");
        // Until it is answered that somebody wants it.
        var resumed = 0;
        tab.Page.Request += (_, request) => resumed += request.Method == "POST" ? 1 : 0;

        await tab.Button("Try again").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("not paused");
        Assert.Equal(0, resumed);
        await tab.Page.RunAndWaitForResponseAsync(
            () => InDialog(tab, "Resume").ClickAsync(), new Regex("/resume$"));
    }

    [Fact]
    public async Task A_job_that_is_tried_again_in_the_list_is_seen_there_at_once()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("jobs", answer => answer["items"]!.AsArray().Add(Job("replay", "failed", Failing, -5)));
        // It does not end, so no end of it brings the list anew.
        await new Stage(tab, isPseudo: false).AnswerAsync("jobs/job_.*", _ => Task.CompletedTask);
        await VisitAsync(tab, "/jobs");

        await tab.Button("Try again").ClickAsync();

        await Expect(tab.Page.Locator(".jobs li")).ToHaveCountAsync(2);
        await Expect(tab.Page.Locator(".jobs li").First).ToContainTextAsync("Sending 12 events again");
    }

    [Fact]
    public async Task Who_has_paused_a_webhook_is_not_called_somebody_else_in_its_settings()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"/w/{Stage.Webhook(1)}/settings");
        await Expect(tab.Button("Save changes")).ToBeVisibleAsync();
        await tab.Button("Pause").First.ClickAsync();
        await Expect(tab.Button("Resume").First).ToBeVisibleAsync();

        await tab.Button("Make a new secret…").ClickAsync();
        await InDialog(tab, "Make a new secret").ClickAsync();

        await Expect(tab.Heading("The new secret").Or(tab.Page.GetByText("Somebody else changed"))).ToBeVisibleAsync();
        await Expect(tab.Heading("The new secret")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_resumes_without_an_answer_is_not_told_to_press_what_pauses()
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).LoseAsync($"subscriptions/{Paused}/resume");
        // It goes on for as long as the test.
        await new Stage(tab, isPseudo: false).AnswerAsync("jobs/job_.*", _ => Task.CompletedTask);
        await VisitAsync(tab, $"/w/{Paused}");
        await tab.Button("Resume").ClickAsync();

        await Expect(tab.Page.Locator(".toast.bad")).ToHaveTextAsync("No connection.");
        await tab.Page.ReconnectAsync();
        await Expect(tab.Button("Pause")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".job-bar")).ToContainTextAsync("Sending 41 held events");
    }

    [Fact]
    public async Task What_was_typed_stays_when_a_webhook_is_resumed_in_place_of_being_deleted()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"/w/{Paused}/settings");
        await tab.Field("Name (optional)").FillAsync("half typed");
        await tab.Button("Delete this webhook…").ClickAsync();

        await tab.Button("Resume first").ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await Expect(tab.Button("Pause")).ToBeVisibleAsync();
        await Expect(tab.Field("Name (optional)")).ToHaveValueAsync("half typed");
        await tab.Link("Webhooks").ClickAsync();
        await Expect(tab.Heading("Leave without saving?")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_may_not_pause_is_not_offered_to_resume_once_more()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("session", answer => answer["rights"] = new JsonArray("view", "recover"));
        await tab.ChangeAsync("jobs", answer => answer["items"] = new JsonArray(
            Job("resume", "failed", Paused, -5), Job("replay", "failed", Failing, -5)));

        await VisitAsync(tab, "/jobs");

        await Expect(tab.Page.Locator(".job.failed")).ToHaveCountAsync(2);
        await Expect(tab.Button("Try again")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_has_ended_takes_a_third_of_a_small_screen_at_most_and_is_reached_by_keyboard()
    {
        const int Height = 568;
        var tab = await OpenAsync(new() { ViewportSize = new() { Width = 320, Height = Height } });
        var all = Enumerable.Range(0, 9).ToDictionary(
            number => $"job_{number:x32}", number => number % 3 == 0 ? "failed" : "succeeded");
        await tab.ChangeAsync("jobs", answer => answer["items"] = new JsonArray(
            [.. all.Keys.Select(id => Job("discard", "running", Failing, -5, id))]));
        await new Stage(tab, isPseudo: false).AnswerAsync("jobs/job_.*", route =>
        {
            var id = route.Request.Url.Split('/')[^1];
            return route.FulfillAsync(new()
            {
                ContentType = "application/json",
                Body = Job("discard", all[id], Failing, -5, id).ToJsonString(),
            });
        });
        await VisitAsync(tab, "/");
        var bar = tab.Page.Locator(".job-bar");
        await Expect(bar.GetByText("5 more are done")).ToBeVisibleAsync();
        await Expect(bar.Locator("progress")).ToHaveCountAsync(0);

        var box = await bar.BoundingBoxAsync();
        Assert.InRange(box!.Height, 1, (Height / 3) + 1);
        await new Hand(tab, isKeyboard: true).PressAsync(bar.Locator("summary"));
        await new Hand(tab, isKeyboard: true).PressAsync(
            bar.GetByRole(AriaRole.Button, new() { Name = "Close" }).Last);
        await Expect(bar.GetByText("4 more are done")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_secret_that_is_shown_once_stays_in_sight_though_somebody_else_has_signed_in()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"/w/{Stage.Webhook(1)}/settings");
        await tab.Button("Make a new secret…").ClickAsync();
        await InDialog(tab, "Make a new secret").ClickAsync();
        var secret = tab.Field("The generated secret");
        await Expect(tab.Heading("The new secret")).ToBeVisibleAsync();
        var made = await secret.InputValueAsync();
        await new Stage(tab, isPseudo: false).RefuseAsync(
            "overview", 403, "other_session", "The page was opened for somebody else.");

        // A connection that is back has everything loaded again.
        await tab.Page.RunAndWaitForResponseAsync(
            async () =>
            {
                await tab.Page.Context.SetOfflineAsync(true);
                await Expect(tab.Page.GetByText("No connection.")).ToBeVisibleAsync();
                await tab.Page.Context.SetOfflineAsync(false);
            },
            response => response.Status == 403);
        await Expect(secret).ToHaveValueAsync(made);

        await tab.Page.UnrouteAllAsync();
        await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Done").ClickAsync(), request => request.IsNavigationRequest);
    }

    [Fact]
    public async Task What_has_ended_last_is_said_whichever_began_first()
    {
        var tab = await OpenAsync();
        var (first, second) = ($"job_{1:x32}", $"job_{2:x32}");
        var ended = new Dictionary<string, JsonObject>();
        await tab.ChangeAsync("jobs", answer => answer["items"] = new JsonArray(
            Job("discard", "running", Failing, -5, second), Job("discard", "running", Failing, -9, first)));
        await new Stage(tab, isPseudo: false).AnswerAsync("jobs/job_.*", route =>
        {
            var id = route.Request.Url.Split('/')[^1];
            return route.FulfillAsync(new()
            {
                ContentType = "application/json",
                Body = (ended.GetValueOrDefault(id) ?? Job("discard", "running", Failing, -5, id)).ToJsonString(),
            });
        });
        await VisitAsync(tab, "/");
        var bar = tab.Page.Locator(".job-bar");
        await Expect(bar.Locator("progress")).ToHaveCountAsync(2);

        ended[second] = Job("discard", "succeeded", Failing, -2, second);
        await Expect(bar.Locator("progress")).ToHaveCountAsync(1);
        var last = Job("discard", "succeeded", Failing, -1, first);
        last["counts"]!["taken"] = 7;
        ended[first] = last;

        await Expect(bar.GetByText("7 events were deleted")).ToBeVisibleAsync();
        await Expect(bar.GetByText("1 more is done")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_the_page_never_asks_for_it_does_not_offer_to_ask_for_again()
    {
        var tab = await OpenAsync();
        var parked = Job("discard", "failed", Paused, -60);
        (parked["queue"], parked["filter"]) = ("parked", new JsonObject());
        // The page asks twice: for what is under way, and for the list.
        await tab.ChangeAsync("jobs", answer => answer["items"] = new JsonArray(
            parked.DeepClone(), Job("discard", "failed", Failing, -90)));

        await VisitAsync(tab, "/jobs");

        await Expect(tab.Page.Locator(".job.failed")).ToHaveCountAsync(2);
        await Expect(tab.Button("Try again")).ToHaveCountAsync(1);
    }

    static PageLocatorOptions Exactly(string text) => new() { HasTextRegex = new Regex($"^{text}$") };

    static ILocator InDialog(Tab tab, string button) =>
        tab.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = button, Exact = true });

    Task VisitAsync(Tab tab, string to) =>
        tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=en&to={to}");
}
