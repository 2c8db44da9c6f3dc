using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Atrium.BrowserTests.Answers;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>What an app answers that is newer than the page is shown as unknown, and kept.</summary>
public sealed class NewerAppTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    static readonly string Failing = Stage.Webhook(0);
    static readonly string Paused = Stage.Webhook(3);

    [Fact]
    public async Task An_event_that_the_page_does_not_know_stays_chosen()
    {
        const string Unknown = "visitor.escorted";
        var settings = $"/w/{Paused}/settings";
        var tab = await OpenAsync();
        await tab.ChangeAsync($"subscriptions/{Paused}", answer => answer["events"]!.AsArray().Add(Unknown));
        await VisitAsync(tab, settings);
        await Expect(tab.Field("Name (optional)")).ToHaveValueAsync("Test");
        await tab.Link("Webhooks").ClickAsync();
        await Expect(tab.Page.Locator(".card").First).ToBeVisibleAsync();
        await tab.Page.EvaluateAsync("route => { location.hash = route; }", settings);

        await tab.Field("Name (optional)").FillAsync("Another");
        var renamed = await SaveAsync();
        await Expect(tab.Button("Save changes")).ToBeEnabledAsync();
        await tab.Page.GetByText("visitor.checked_out").ClickAsync();
        var changed = await SaveAsync();

        Assert.Equal(["name"], renamed.Select(part => part.Key));
        Assert.Equal(
            ["visitor.pre_registered", "visitor.checked_in", Unknown],
            changed["events"]!.AsArray().Select(one => (string)one!));

        async Task<JsonObject> SaveAsync()
        {
            var saved = await tab.Page.RunAndWaitForResponseAsync(
                () => tab.Button("Save changes").ClickAsync(), answer => answer.Request.Method == "PATCH");
            return JsonNode.Parse(saved.Request.PostData!)!.AsObject();
        }
    }

    [Fact]
    public async Task A_webhook_for_events_that_the_page_does_not_know_can_be_renamed()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync(
            $"subscriptions/{Paused}", answer => answer["events"] = new JsonArray("visitor.escorted"));
        await VisitAsync(tab, $"/w/{Paused}/settings");
        await tab.Field("Name (optional)").FillAsync("Another");

        var saved = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Save changes").ClickAsync(), new Regex($"/subscriptions/{Paused}$"));

        Assert.Equal("""{"name":"Another"}""", saved.PostData);
    }

    [Fact]
    public async Task An_outcome_that_the_page_does_not_know_is_called_unknown()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/(attempts|deliveries)[?/]"), async route =>
        {
            var answer = await route.FetchAsync();
            var body = (await answer.TextAsync()).Replace(
                "\"outcome\":\"Delivered\"", "\"outcome\":\"Postponed\"", StringComparison.Ordinal);
            await route.FulfillAsync(new() { Response = answer, Body = body });
        });
        await VisitAsync(tab, $"/w/{Stage.Webhook(1)}");

        await Expect(tab.Page.Locator(".rows .what").First).ToHaveTextAsync("Unknown");
        await tab.Page.Locator(".rows a").First.ClickAsync();

        await Expect(tab.Page.Locator(".sending strong").First).ToHaveTextAsync("– Unknown");
    }

    [Theory]
    [InlineData("running", "Something that a newer version of this page knows")]
    [InlineData("succeeded", "It is done.")]
    [InlineData("failed", "It stopped before all was done.")]
    public async Task A_kind_of_job_that_the_page_does_not_know_is_shown_and_not_tried_again(
        string state, string sentence)
    {
        var tab = await OpenAsync();
        var job = Job("compact", state, Failing, -5);
        job["counts"]!["skipped"] = 1;
        // Under way as long as it is shown.
        await new Stage(tab, isPseudo: false).AnswerAsync("jobs/job_.*", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = job.ToJsonString(),
        }));
        await tab.ChangeAsync("jobs", answer => answer["items"] = new JsonArray(job.DeepClone()));

        await VisitAsync(tab, "/jobs");

        await Expect(tab.Heading("What was done in bulk")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".job .what")).ToContainTextAsync(sentence);
        await Expect(tab.Button("Try again")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Of_a_routing_that_the_page_does_not_know_the_server_says_why()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("explain", answer =>
        {
            foreach (var one in answer["subscriptions"]!.AsArray())
            {
                (one!["routing"], one["why"]) = ("Postponed", "It waits for the morning.");
            }
        });
        await VisitAsync(tab, $"/w/{Stage.Webhook(4)}");

        await tab.Button("Why was nothing sent?").ClickAsync();

        await Expect(tab.Page.GetByText("A visitor checks in: It waits for the morning.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_state_that_the_page_does_not_know_is_called_unknown()
    {
        var tab = await OpenAsync();
        await tab.ChangeAsync("overview", answer => answer["subscriptions"]![0]!["state"] = "resting");

        await VisitAsync(tab, "/");

        await Expect(tab.Page.Locator(".card .state").First).ToHaveTextAsync("Unknown");
    }

    Task VisitAsync(Tab tab, string to) =>
        tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=en&to={to}");
}
