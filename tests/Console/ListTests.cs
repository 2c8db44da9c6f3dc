using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>What the lists of the page show while filters, the connection and others change what is in them.</summary>
public sealed class ListTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    const int RowsOfPage = 50;

    // Reached only when something is broken.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    static readonly string Failing = $"/w/{Stage.Webhook(0)}";
    static readonly string Working = $"/w/{Stage.Webhook(1)}";
    static readonly string Retrying = $"/w/{Stage.Webhook(2)}";

    [Fact]
    public async Task Looking_back_ends_with_the_filter_that_it_was_asked_with()
    {
        var tab = await OpenAsync();
        var ended = new TaskCompletionSource();
        tab.Page.RequestFailed += (_, request) =>
        {
            if (request.Url.Contains("cursor=", StringComparison.Ordinal))
            {
                ended.TrySetResult();
            }
        };
        await tab.Page.RouteAsync(new Regex("/attempts[?].*cursor="), _ => { });
        await VisitAsync(tab, Failing);

        await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Show older").ClickAsync(), new Regex("/attempts[?].*cursor="));
        await tab.Page.Locator(".filters select").First.SelectOptionAsync("Delivered");

        await ended.Task.WaitAsync(Patience);
        await Expect(tab.Page.Locator(".rows .sign.good")).ToHaveCountAsync(40);
        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(40);
        await Expect(tab.Button("Show older")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Beside_an_open_sending_event_and_result_of_a_row_are_in_one_line_in_German()
    {
        var tab = await OpenAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        await tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=de&to=/w/{Stage.Webhook(2)}");
        await tab.Page.Locator(".rows a").First.ClickAsync();
        await Expect(tab.Page.Locator(".sending .marks")).ToBeVisibleAsync();

        var row = tab.Page.Locator(".rows li", new() { HasTextString = "keine Antwort" }).First;
        var name = await row.Locator("a").BoundingBoxAsync();
        var result = await row.Locator(".result").BoundingBoxAsync();
        var heights = await tab.Page.Locator(".rows a").EvaluateAllAsync<double[]>(
            "names => names.map(name => name.getBoundingClientRect().height)");

        Assert.InRange(result!.Y, name!.Y - (name.Height / 2), name.Y + (name.Height / 2));
        // No name takes two lines: “Besucher vorangemeldet” no more than “Besucher gegangen”.
        Assert.Single(heights.Distinct());
    }

    [Fact]
    public async Task The_reason_of_a_failure_is_the_description_of_its_row()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"{Failing}?outcome=DeadLettered");

        await Expect(tab.Page.Locator(".rows a").First).ToHaveAccessibleDescriptionAsync(
            new Regex("answered 404"));
    }

    [Fact]
    public async Task When_more_comes_than_a_page_holds_the_list_begins_anew_and_leaves_nothing_out()
    {
        var tab = await OpenAsync();
        var newest = RowsOfPage + 10;
        await tab.Page.RouteAsync(new Regex("/attempts[?]"), async route =>
        {
            var answer = await route.FetchAsync(new() { Url = route.Request.Url.Split("&cursor")[0] });
            var some = JsonSerializer.Deserialize<JsonElement>(await answer.TextAsync()).GetProperty("items")[0];
            var from = int.Parse(Query(route.Request.Url, "cursor") ?? $"{newest}", CultureInfo.InvariantCulture);
            var items = Enumerable.Range(0, Math.Min(RowsOfPage, from)).Select(index => OfNumber(some, from - index));
            var next = from > RowsOfPage ? $"{from - RowsOfPage}" : null;
            await route.FulfillAsync(new()
            {
                Response = answer,
                Body = JsonSerializer.Serialize(new { items, nextCursor = next }),
            });
        });
        await tab.InstallClockAsync();
        await VisitAsync(tab, $"{Working}?period=any");
        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(RowsOfPage);

        newest += RowsOfPage + 20;
        await tab.Page.Clock.FastForwardAsync("01:00");
        await tab.Button("New ones · Show").ClickAsync();
        await Expect(tab.Page.Locator(".rows a").First).ToHaveAttributeAsync("data-delivery", Delivery(newest));
        await tab.Button("Show older").ClickAsync();
        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(2 * RowsOfPage);

        Assert.Equal(
            Enumerable.Range(0, 2 * RowsOfPage).Select(index => Delivery(newest - index)),
            await tab.Page.Locator(".rows a").EvaluateAllAsync<string[]>("all => all.map(a => a.dataset.delivery)"));
    }

    [Fact]
    public async Task What_has_ended_is_not_listed_as_being_retried()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"{Failing}?outcome=Retrying&period=any");
        await Expect(tab.Page.GetByText("Nothing that was sent in this time fits.")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(0);

        await tab.Page.EvaluateAsync("route => { location.hash = route; }", $"{Retrying}?outcome=Retrying");

        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(1);
        await Expect(tab.Page.Locator(".rows .what")).ToContainTextAsync("attempt 7 of 10");
    }

    [Theory]
    [InlineData(-62, "attempt 7 of 10 · held while it is paused")]
    [InlineData(-58, "attempt 7 of 10")]
    public async Task What_waits_is_listed_as_being_retried_however_late_it_is_and_as_held_if_a_pause_holds_it(
        int pausedMinutesAgo, string held)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (due, pausedAt) = (now.AddHours(-1), now.AddMinutes(pausedMinutesAgo));
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/api/portal/"), async route =>
        {
            var answer = await route.FetchAsync();
            var late = $"\"nextAttemptAt\":\"{due:O}\"";
            var body = Regex.Replace(await answer.TextAsync(), "\"nextAttemptAt\":\"[^\"]+\"", late);
            body = Regex.Replace(body, "\"pausedAt\":\"[^\"]+\"", $"\"pausedAt\":\"{pausedAt:O}\"");
            await route.FulfillAsync(new() { Response = answer, Body = body });
        });
        await VisitAsync(tab, $"{Retrying}?outcome=Retrying");
        await Expect(tab.Page.Locator(".rows .what")).ToHaveTextAsync(["attempt 7 of 10"]);

        await tab.Button("Pause").ClickAsync();
        await Expect(tab.Button("Resume")).ToBeVisibleAsync();

        await Expect(tab.Page.Locator(".rows .what")).ToHaveTextAsync([held]);
    }

    [Fact]
    public async Task What_is_retried_no_longer_leaves_the_list_when_it_is_loaded_again()
    {
        var isDelivered = false;
        var tab = await OpenAsync();
        await tab.InstallClockAsync();
        await tab.Page.RouteAsync(new Regex("/attempts[?].*waiting=true"), async route =>
        {
            var answer = await route.FetchAsync();
            var body = JsonNode.Parse(await answer.TextAsync())!;
            var items = body["items"]!.AsArray();
            var other = items[0]!.DeepClone();
            (other["deliveryId"], other["startedAt"]) = (Delivery(1), "2026-01-01T00:00:00Z");
            body["items"] = isDelivered ? new JsonArray(other) : new JsonArray(items[0]!.DeepClone(), other);
            await route.FulfillAsync(new() { Response = answer, Body = body.ToJsonString() });
        });
        await VisitAsync(tab, $"{Retrying}?outcome=Retrying&period=any");
        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(2);

        isDelivered = true;
        await tab.Page.Clock.FastForwardAsync("01:00");

        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(1);
        await Expect(tab.Page.Locator(".rows a")).ToHaveAttributeAsync("data-delivery", Delivery(1));
    }

    [Theory]
    // What moves up into the first page, and what was looked back to before.
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_still_waits_stays_in_its_order_and_is_not_new_when_some_of_it_is_delivered(bool looksBack)
    {
        var waiting = Enumerable.Range(1, 2 * RowsOfPage).Reverse().ToList();
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/attempts[?].*waiting=true"), async route =>
        {
            var answer = await route.FetchAsync(new() { Url = route.Request.Url.Split("&cursor")[0] });
            var some = JsonSerializer.Deserialize<JsonElement>(await answer.TextAsync()).GetProperty("items")[0];
            var after = int.Parse(Query(route.Request.Url, "cursor") ?? "1000", CultureInfo.InvariantCulture);
            var page = waiting.Where(number => number < after).Take(RowsOfPage).ToList();
            var next = page[^1] > waiting[^1] ? $"{page[^1]}" : null;
            await route.FulfillAsync(new()
            {
                Response = answer,
                Body = JsonSerializer.Serialize(
                    new { items = page.Select(number => OfNumber(some, number)), nextCursor = next }),
            });
        });
        await tab.InstallClockAsync();
        await VisitAsync(tab, $"{Retrying}?outcome=Retrying&period=any");
        await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(RowsOfPage);
        if (looksBack)
        {
            await tab.Button("Show older").ClickAsync();
            await Expect(tab.Page.Locator(".rows li")).ToHaveCountAsync(2 * RowsOfPage);
        }

        waiting.RemoveRange(5, 10);
        var delivered = Delivery(2 * RowsOfPage - 5);
        await tab.Page.Clock.FastForwardAsync("01:00");
        await Expect(tab.Page.Locator($"[data-delivery={delivered}]")).ToHaveCountAsync(0);

        var shown = looksBack ? waiting : waiting.Take(RowsOfPage);
        Assert.Equal(
            shown.Select(Delivery),
            await tab.Page.Locator(".rows a").EvaluateAllAsync<string[]>("all => all.map(a => a.dataset.delivery)"));
        await Expect(tab.Page.GetByText("· Show")).ToHaveCountAsync(0);
        await Expect(tab.Button("Show older")).ToHaveCountAsync(looksBack ? 0 : 1);
    }

    [Theory]
    [InlineData("UTC", "2026-11-28T14:00", "2026-11-28T14:00:00.000Z")]
    [InlineData("Asia/Kolkata", "2026-11-28T14:00", "2026-11-28T08:30:00.000Z")]
    [InlineData("Europe/Berlin", "2026-03-29T01:30", "2026-03-29T00:30:00.000Z")]
    [InlineData("Europe/Berlin", "2026-03-29T03:30", "2026-03-29T01:30:00.000Z")]
    [InlineData("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00.000Z")]
    [InlineData("Europe/Berlin", "2026-10-25T03:30", "2026-10-25T02:30:00.000Z")]
    [InlineData("America/New_York", "2026-03-08T01:30", "2026-03-08T06:30:00.000Z")]
    [InlineData("America/New_York", "2026-03-08T03:30", "2026-03-08T07:30:00.000Z")]
    [InlineData("America/New_York", "2026-11-01T02:30", "2026-11-01T07:30:00.000Z")]
    public async Task A_time_is_taken_in_the_zone_in_which_times_are_shown(string zone, string typed, string taken)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"{Working}?period=custom", $"&tz={zone}");
        var field = tab.Page.Locator(".filters input").First;

        var asked = await tab.Page.RunAndWaitForRequestAsync(
            () => field.FillAsync(typed), new Regex("/attempts[?].*from="));

        Assert.Equal(taken, Query(asked.Url, "from"));
        await Expect(field).ToHaveValueAsync(typed);
        await Expect(tab.Page.Locator(".filters")).ToContainTextAsync($"From ({zone})");
    }

    [Fact]
    public async Task A_period_ends_with_the_second_of_two_hours_that_the_clocks_show_alike()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"{Working}?period=custom", "&tz=Europe/Berlin");
        var field = tab.Page.Locator(".filters input").Last;

        var asked = await tab.Page.RunAndWaitForRequestAsync(
            () => field.FillAsync("2026-10-25T02:30"), new Regex("/attempts[?].*to="));

        Assert.Equal("2026-10-25T01:30:00.000Z", Query(asked.Url, "to"));
    }

    [Fact]
    public async Task A_time_stays_the_same_when_times_are_shown_in_another_zone()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"{Working}?period=custom&from=2026-11-01T14:00:00.000Z");
        var field = tab.Page.Locator(".filters input").First;
        await Expect(field).ToHaveValueAsync("2026-11-01T15:00");

        await tab.Button("Times: UTC").ClickAsync();

        await Expect(field).ToHaveValueAsync("2026-11-01T14:00");
        await Expect(tab.Page.Locator(".filters")).ToContainTextAsync("From (UTC)");
    }

    [Fact]
    public async Task A_period_that_ends_before_it_begins_is_not_asked_for()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"{Working}?period=custom&from=2026-11-02T00:00:00.000Z&to=2026-11-01T00:00:00.000Z");
        var to = tab.Page.Locator(".filters input").Last;

        await Expect(to).ToHaveAccessibleDescriptionAsync(new Regex("“To” must be later than “From”[.]"));
        Assert.DoesNotContain(tab.Requests, IsOfAttempts);
        await to.FillAsync("2099-01-01T00:00");

        await Expect(tab.Page.Locator(".rows li").First).ToBeVisibleAsync();
        await Expect(to).ToHaveAccessibleDescriptionAsync("");
        // Both are written alike, so that their order is that of the times.
        Assert.All(tab.Requests.Where(IsOfAttempts), request => Assert.True(
            string.CompareOrdinal(Query(request.Url, "from"), Query(request.Url, "to")) < 0, request.Url));
        Assert.DoesNotContain(tab.Requests.Where(IsOfAttempts), request => Query(request.Url, "from") is null);
    }

    [Theory]
    [InlineData("activity", "period=hour")]
    [InlineData("failed", "since=hour")]
    public async Task The_last_hour_ends_when_it_is_loaded(string tabName, string period)
    {
        var opened = new DateTime(2026, 11, 28, 9, 0, 0, DateTimeKind.Utc);
        var path = tabName == "failed" ? "groups" : "attempts";
        var tab = await OpenAsync();
        await tab.InstallClockAsync(opened);
        // The page takes the server's time from its answers.
        await tab.Page.RouteAsync("**/api/portal/**", async route =>
        {
            var answer = await route.FetchAsync();
            var headers = answer.Headers.Where(header => header.Key != "date").ToDictionary();
            await route.FulfillAsync(new() { Response = answer, Headers = headers });
        });
        var asks = new Regex($"/{path}[?].*from=");
        var first = await tab.Page.RunAndWaitForRequestAsync(
            () => VisitAsync(tab, tabName == "failed" ? $"{Failing}/failed?{period}" : $"{Working}?{period}"), asks);
        // Where this day is still to come, nothing is listed.
        await Expect(tab.Page.Locator(".rows li, .group, .empty").First).ToBeVisibleAsync();

        var again = await tab.Page.RunAndWaitForRequestAsync(
            async () =>
            {
                await tab.Page.Clock.FastForwardAsync("02:00:00");
                if (tabName == "failed")
                {
                    await tab.Button("Refresh").ClickAsync();
                }
            },
            // Until then the page asks by itself now and then.
            request => asks.IsMatch(request.Url) && FromOf(request) - FromOf(first) >= TimeSpan.FromHours(2));

        Assert.InRange(FromOf(again) - FromOf(first), TimeSpan.FromHours(2), TimeSpan.FromHours(3));

        static DateTimeOffset FromOf(IRequest request) =>
            DateTimeOffset.Parse(Query(request.Url, "from")!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Who_looks_into_a_failed_event_comes_back_to_the_open_group()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "/failed?since=week");
        var letters = await OpenFirstAsync(tab);
        var (link, opened) = (letters.First.GetByRole(AriaRole.Link), tab.Page.Locator(".sending .marks"));

        await link.ClickAsync();
        await Expect(opened).ToBeVisibleAsync();
        await tab.Page.GoBackAsync();
        await Expect(letters).ToHaveCountAsync(9);
        await link.ClickAsync();
        await Expect(opened).ToBeVisibleAsync();
        await tab.Link("Back").ClickAsync();

        await Expect(letters).ToHaveCountAsync(9);
        await Expect(tab.Heading("Failed events")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".filters select").Last).ToHaveValueAsync("week");
    }

    [Fact]
    public async Task What_is_opened_beside_a_failed_event_leads_back_to_its_own_list()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "/failed");
        await (await OpenFirstAsync(tab)).First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(tab.Page.Locator(".sending .marks")).ToBeVisibleAsync();

        await tab.Page.Locator(".rows li:not(.open) a").First.ClickAsync();

        await Expect(tab.Link("Back")).ToHaveAttributeAsync("href", new Regex("^#/w/"));
    }

    [Fact]
    public async Task An_open_group_shows_each_event_once_after_the_connection_was_away()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "/failed");
        var letters = await OpenFirstAsync(tab);

        await tab.Page.Context.SetOfflineAsync(true);
        await Expect(tab.Page.GetByText("No connection.")).ToBeVisibleAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync("dead-letters", ("\"attempt\":10,", "\"attempt\":7,"));
        await tab.Page.Context.SetOfflineAsync(false);

        await Expect(letters.First).ToContainTextAsync("7 attempts");
        await Expect(letters).ToHaveCountAsync(9);
    }

    [Fact]
    public async Task What_is_gone_when_a_job_has_ended_is_gone_from_the_open_group()
    {
        var tab = await OpenAsync();
        var token = await VisitAsync(tab, "/failed");
        var letters = await OpenFirstAsync(tab);
        await tab.Page.EvaluateAsync("""
            token => fetch('/api/portal/dead-letters/deliveries/10/discard', {
              method: 'POST',
              headers: { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID() },
            })
            """, token);

        await tab.Page.Locator(".group input").Last.CheckAsync();
        await tab.Button("Send 3 again…").ClickAsync();
        await tab.Page.Locator("dialog .actions .button.primary").ClickAsync();

        await Expect(tab.Page.GetByText("3 events were sent again.").First).ToBeVisibleAsync();
        await Expect(letters).ToHaveCountAsync(8);
    }

    [Theory]
    [InlineData("Send 9 again…", "Cancel")]
    [InlineData("Delete…", "Keep")]
    public async Task What_somebody_else_has_sent_again_is_gone_from_the_list_once_that_was_said(
        string action, string leave)
    {
        var tab = await OpenAsync();
        var token = await VisitAsync(tab, "/failed");
        await tab.Page.Locator(".group input").First.CheckAsync();
        await tab.Page.EvaluateAsync("""
            token => fetch('/api/portal/dead-letters/replay', {
              method: 'POST',
              headers: {
                authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID(),
                'content-type': 'application/json',
              },
              body: '{"lastStatus":404}',
            })
            """, token);

        await tab.Button(action).ClickAsync();
        await Expect(tab.Page.Locator("dialog > [role=status] p")).ToContainTextAsync("Nothing is left that fits.");
        await tab.Button(leave).ClickAsync();

        await Expect(tab.Page.Locator(".group")).ToHaveCountAsync(1);
        await Expect(tab.Page.Locator(".group input:checked")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_failed_of_a_deleted_webhook_is_not_sent_again_and_the_rest_is()
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync("overview", (Stage.Webhook(0), "sub_another"));
        await VisitAsync(tab, "/failed", scenario: "full");
        await tab.Field("Choose all").CheckAsync();

        await tab.Button("Send 1 again…").ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync(
            "12 events of a webhook that was deleted cannot be sent any more. You can only delete them.");
        await Expect(tab.Heading("Send 1 event again?")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await Expect(tab.Page.GetByText("1 notice was sent again.").First).ToBeVisibleAsync();

        var replay = Assert.Single(tab.Requests, request => request.Url.EndsWith("/replay", StringComparison.Ordinal));
        Assert.Contains(Stage.Notices, replay.PostData, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_event_of_a_deleted_webhook_has_no_link_that_leads_nowhere()
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync("overview", (Stage.Webhook(0), "sub_another"));
        await VisitAsync(tab, "/failed");
        await Expect(tab.Page.GetByText("A webhook that was deleted").First).ToBeVisibleAsync();

        var letters = await OpenFirstAsync(tab);

        await Expect(letters.GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_notice_that_ended_with_its_URL_speaks_of_no_deleted_webhook()
    {
        const string Sentence = "Not sent: the URL was removed";
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/(attempts|deliveries)[?/]"), async route =>
        {
            var answer = await route.FetchAsync();
            var body = (await answer.TextAsync()).Replace(
                "\"outcome\":\"Delivered\"", "\"outcome\":\"SubscriptionDeleted\"", StringComparison.Ordinal);
            await route.FulfillAsync(new() { Response = answer, Body = body });
        });
        await VisitAsync(tab, "/notices", scenario: "full");

        await Expect(tab.Page.Locator(".rows .what").First).ToHaveTextAsync(Sentence);
        await tab.Page.Locator(".rows a").First.ClickAsync();

        await Expect(tab.Page.Locator(".sending > p strong")).ToHaveTextAsync($"– {Sentence}");
    }

    [Fact]
    public async Task Where_only_a_deleted_webhook_failed_sending_again_says_why_it_cannot_be()
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync("overview", (Stage.Webhook(0), "sub_another"));
        await VisitAsync(tab, "/failed");
        await tab.Field("Choose all").CheckAsync();

        await Expect(tab.Button("Send again")).ToHaveAccessibleDescriptionAsync(
            "12 events of a webhook that was deleted cannot be sent any more. You can only delete them.");
        await Expect(tab.Button("Delete…")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task All_that_was_done_in_bulk_can_be_looked_through()
    {
        const int Count = 130;
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/jobs[?]"), async route =>
        {
            var answer = await route.FetchAsync(new() { Url = route.Request.Url.Split("&cursor")[0] });
            if (!answer.Ok)
            {
                await route.FulfillAsync(new() { Response = answer });
                return;
            }

            var some = JsonSerializer.Deserialize<JsonElement>(await answer.TextAsync()).GetProperty("items")[0];
            var at = int.Parse(Query(route.Request.Url, "cursor") ?? "0", CultureInfo.InvariantCulture);
            var limit = int.Parse(Query(route.Request.Url, "limit")!, CultureInfo.InvariantCulture);
            var items = Enumerable.Range(at, Math.Min(limit, Count - at)).Select(number => EndedJob(some, number));
            var next = at + limit < Count ? $"{at + limit}" : null;
            await route.FulfillAsync(new()
            {
                Response = answer,
                Body = JsonSerializer.Serialize(new { items, nextCursor = next }),
            });
        });
        await VisitAsync(tab, "/jobs", scenario: "job");
        var lines = tab.Page.Locator(".jobs li");
        await Expect(lines).ToHaveCountAsync(20);

        for (var shown = 20; shown < Count; shown += 20)
        {
            await tab.Button("Show older").ClickAsync();
            await Expect(lines).ToHaveCountAsync(Math.Min(Count, shown + 20));
        }

        await Expect(tab.Button("Show older")).ToBeHiddenAsync();
    }

    static async Task<ILocator> OpenFirstAsync(Tab tab)
    {
        await tab.Page.Locator(".disclose").First.ClickAsync();
        var letters = tab.Page.Locator(".letters li");
        await Expect(letters).ToHaveCountAsync(9);
        return letters;
    }

    async Task<string> VisitAsync(Tab tab, string route, string more = "", string scenario = "demo")
    {
        var token = $"atp_{scenario}-{Guid.NewGuid():N}";
        await tab.VisitAsync(server.Address, $"session={token}&lang=en&to={Uri.EscapeDataString(route)}{more}");
        return token;
    }

    static bool IsOfAttempts(IRequest request) => request.Url.Contains("/attempts?", StringComparison.Ordinal);

    static string? Query(string url, string name) => HttpUtility.ParseQueryString(new Uri(url).Query)[name];

    static string Delivery(int number) => $"msg_{number:x32}";

    static Dictionary<string, object?> EndedJob(JsonElement some, int number)
    {
        var job = some.Deserialize<Dictionary<string, object?>>()!;
        job["id"] = $"job_{number:x32}";
        job["state"] = "succeeded";
        job["endedAt"] = job["createdAt"];
        return job;
    }

    static Dictionary<string, object?> OfNumber(JsonElement some, int number)
    {
        var item = some.Deserialize<Dictionary<string, object?>>()!;
        item["deliveryId"] = Delivery(number);
        item["startedAt"] = DateTimeOffset.UnixEpoch.AddYears(56).AddMinutes(number).ToString("O");
        return item;
    }
}
