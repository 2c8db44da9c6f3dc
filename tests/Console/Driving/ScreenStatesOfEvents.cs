using System.Text.RegularExpressions;

namespace Atrium.BrowserTests;

// What was sent, what has failed, and what is sent again.
internal static partial class ScreenStates
{
    static IEnumerable<ScreenState> Activity() =>
    [
        new("activity", Demo, Working, Rows),
        new("activity-failing", Demo, Failing, Rows),
        new("activity-retrying", Demo, Retrying, Rows),
        new("activity-held", Demo, Retrying, stage => stage.SeeTextAsync("held while it is paused"), async stage =>
        {
            await stage.ReplaceAsync("overview", ("\"pausedAt\":null", "\"pausedAt\":\"2026-04-15T09:30:00Z\""));
            await stage.AnswerAsync(".*/attempts", async route =>
            {
                var answer = await route.FetchAsync();
                var late = Regex.Replace(
                    await answer.TextAsync(), "(\"nextAttemptAt\":\")[^\"]+", "${1}2026-04-15T09:30:00Z");
                await route.FulfillAsync(new() { Response = answer, Body = late });
            });
        }),
        new("activity-paused", Demo, Paused, stage => stage.SeeAsync(".note")),
        new("activity-loading", Demo, Working, stage => stage.SeeAsync(".skeleton"), Holds(".*/attempts")),
        new("activity-error", Demo, Working, stage => stage.SeeTextAsync("The activity could not be loaded."),
            stage => stage.RefuseAsync(".*/attempts", 500, "unexpected", "")),
        new("activity-empty", Demo, Unsent, stage => stage.SeeTextAsync("Why was nothing sent?")),
        new("activity-why", Demo, Unsent, async stage =>
        {
            await stage.ClickAsync("Why was nothing sent?");
            await stage.SeeAsync(".empty ul.plain");
        }),
        new("activity-none-fits", Demo, $"{Working}?outcome=DeadLettered",
            stage => stage.SeeTextAsync("Nothing that was sent in this time fits.")),
        new("activity-quiet", "quiet", Working, stage => stage.SeeTextAsync("Nothing was sent in this time.")),
        new("activity-wrong-order", Demo,
            $"{Working}?period=custom&from=2026-01-02T00:00:00.000Z&to=2026-01-01T00:00:00.000Z",
            stage => stage.SeeTextAsync("“To” must be later than “From”.")),
        new("activity-custom", Demo, $"{Working}?period=custom&from=2026-01-01T00:00:00.000Z", Rows),
        new("activity-test", Demo, Failing, async stage =>
        {
            await Rows(stage);
            await stage.ClickAsync("Send a test");
            await stage.ClickInDialogAsync("Send a test");
            await stage.SeeAsync(".exchange");
        }),
        new("activity-test-too-many", Demo, Failing, async stage =>
        {
            await Rows(stage);
            await stage.RefuseAsync(".*/test", 429, "too_many_tests", "Too many.");
            await stage.ClickAsync("Send a test");
            await stage.ClickInDialogAsync("Send a test");
            await stage.SeeAsync("dialog .note.warn");
        }),
        new("activity-pause-conflict", "conflict", Working, async stage =>
        {
            await Rows(stage);
            await stage.ClickAsync("Pause");
            await stage.SeeTextAsync("Somebody else changed this webhook");
        }),
        new("activity-resume-conflict", "conflict", Paused, async stage =>
        {
            await stage.ClickAsync("Resume");
            await stage.SeeTextAsync("Somebody else changed this webhook");
        }),
        new("activity-read-only", "readonly", Failing, Rows),
    ];

    static IEnumerable<ScreenState> Sending() =>
    [
        new("sending-failed", Demo, Failing, FirstFailed),
        new("sending-retrying", Demo, Retrying, FirstFailed),
        new("sending-delivered", Demo, Working, First),
        new("sending-attempt", Demo, Failing, async stage =>
        {
            await First(stage);
            await stage.Page.Locator(".marks button").Nth(2).ClickAsync();
            await Advised(stage);
        }),
        new("sending-delete", Demo, Failing, async stage =>
        {
            await FirstFailed(stage);
            await stage.ClickAsync("Delete");
            await stage.SeeAsync("dialog[open]");
        }),
        new("sending-gone", Demo, $"{Working}/d/msg_0", stage => stage.SeeTextAsync("This sending is not known")),
        new("sending-loading", Demo, $"{Working}/d/msg_0", stage => stage.SeeAsync(".sending .skeleton"),
            Holds(".*/deliveries/.*")),
        new("sending-error", Demo, $"{Working}/d/msg_0",
            stage => stage.SeeTextAsync("This sending could not be loaded."),
            stage => stage.RefuseAsync(".*/deliveries/.*", 500, "unexpected", "")),
    ];

    static IEnumerable<ScreenState> FailedEvents() =>
    [
        new("failed", Demo, "/failed", Groups),
        new("failed-of-webhook", Demo, $"{Failing}/failed", stage => stage.SeeAsync(".group")),
        new("failed-loading", Demo, "/failed", stage => stage.SeeAsync(".skeleton"), Holds("dead-letters/groups")),
        new("failed-error", Demo, "/failed", stage => stage.SeeTextAsync("The failed events could not be loaded."),
            stage => stage.RefuseAsync("dead-letters/groups", 500, "unexpected", "")),
        new("failed-empty", "empty", "/failed", stage => stage.SeeTextAsync("Nothing has failed for good.")),
        new("failed-none-fits", Demo, $"/failed?webhook={Stage.Webhook(1)}",
            stage => stage.SeeTextAsync("No failed event fits.")),
        new("failed-open", Demo, "/failed", async stage =>
        {
            await stage.Page.Locator(".disclose").First.ClickAsync();
            await stage.SeeAsync(".letters li");
        }),
        new("failed-chosen", Demo, "/failed", Chosen),
        new("failed-none-chosen", Demo, "/failed", async stage =>
        {
            await Groups(stage);
            await stage.Page.Locator(".bar .button.danger").PressAsync("Enter");
            await stage.SeeAsync(".toast");
        }),
        new("failed-read-only", "readonly", "/failed", Groups),
        new("failed-incomplete", Demo, "/failed", stage => stage.SeeTextAsync("There are more. These are the newest."),
            stage => stage.ReplaceAsync("dead-letters/groups", ("\"complete\":true", "\"complete\":false"))),
        new("failed-send", Demo, "/failed", async stage =>
        {
            await Chosen(stage);
            await stage.Page.Locator(".bar .button.primary").ClickAsync();
            await stage.SeeAsync("dialog[open] .note.warn");
        }),
        // A test of what is not saved says nothing of what is.
        new("failed-send-tested-otherwise", Demo, $"{Failing}/settings", async stage =>
        {
            await Form(stage);
            await stage.FillAsync("Where to send events", Receiver);
            await stage.Page.Locator(".panel .test .button").First.ClickAsync();
            await stage.SeeAsync(".exchange.good");
            await stage.Page.Locator(".tabs a").Nth(1).ClickAsync();
            await stage.ClickAsync("Leave");
            await Chosen(stage);
            await stage.Page.Locator(".bar .button.primary").ClickAsync();
            await stage.SeeAsync("dialog[open] .note.warn");
        }),
        new("failed-send-deleted", Full, "/failed", async stage =>
        {
            await Chosen(stage);
            await stage.Page.Locator(".bar .button.primary").ClickAsync();
            await stage.SeeTextAsync("12 events of a webhook that was deleted cannot be sent any more.");
        }, stage => stage.ReplaceAsync("overview", (Stage.Webhook(0), "sub_another"))),
        new("failed-send-uncounted", Demo, "/failed", async stage =>
        {
            await Chosen(stage);
            await stage.Page.Locator(".bar .button.primary").ClickAsync();
            await stage.SeeTextAsync("This did not work");
        }, stage => stage.RefuseAsync("dead-letters/count", 500, "unexpected", "")),
        new("failed-delete", Demo, "/failed", async stage =>
        {
            await Chosen(stage);
            await stage.Page.Locator(".bar .button.danger").ClickAsync();
            await stage.SeeAsync("dialog[open] [role=status] p");
        }),
        new("failed-delete-many", Demo, "/failed", async stage =>
        {
            await Chosen(stage);
            await stage.Page.Locator(".bar .button.danger").ClickAsync();
            await stage.SeeAsync("#confirm");
        },
            stage => stage.ReplaceAsync("dead-letters/count", ("\"matching\":", "\"matching\":12"))),
        new("failed-sending", Demo, "/failed", async stage =>
        {
            await Chosen(stage);
            await stage.Page.Locator(".bar .button.primary").ClickAsync();
            await stage.Page.Locator("dialog .actions .button.primary").ClickAsync();
            await stage.SeeAsync(".job progress");
        },
            // It is under way for as long as somebody looks.
            Holds("jobs/job_.*")),
    ];

    static IEnumerable<ScreenState> Jobs() =>
    [
        new("jobs", "job", "/jobs", Progress),
        new("jobs-empty", Demo, "/jobs", stage => stage.SeeTextAsync("Nothing yet.")),
        new("jobs-error", Demo, "/jobs", stage => stage.SeeTextAsync("This could not be loaded."),
            stage => stage.RefuseAsync("jobs", 500, "unexpected", "")),
        new("jobs-under-way", "job", "/", async stage =>
        {
            await Cards(stage);
            await Progress(stage);
        }),
        new("jobs-stopped", "job", "/", async stage =>
        {
            await Progress(stage);
            await stage.ClickAsync("Stop");
            await stage.SeeAsync(".job.stopped");
        }),
        new("jobs-waiting", "job", "/jobs", Progress,
            stage => stage.ReplaceAsync("jobs(/.*)?", ("\"state\":\"running\"", "\"state\":\"waiting\""))),
        new("jobs-held-stopped", "job", "/jobs",
            stage => stage.SeeTextAsync("The others go out soon, unless you pause the webhook."),
            stage => stage.ReplaceAsync(
                "jobs(/.*)?", ("\"kind\":\"replay\"", "\"kind\":\"resume\""),
                ("\"state\":\"running\",\"stopRequested\":false", "\"state\":\"stopped\",\"stopRequested\":true"),
                ("\"endedAt\":null", "\"endedAt\":\"2026-04-15T09:30:00Z\""))),
        new("jobs-held-paused", "job", "/jobs",
            stage => stage.SeeTextAsync("since the webhook was paused. The others are still held."),
            stage => stage.ReplaceAsync(
                "jobs(/.*)?", ("\"kind\":\"replay\"", "\"kind\":\"resume\""),
                ("\"state\":\"running\"", "\"state\":\"stopped\""),
                ("\"endedAt\":null", "\"endedAt\":\"2026-04-15T09:30:00Z\""))),
        new("jobs-failed", "job", "/jobs", stage => stage.SeeTextAsync("What was done stays done."),
            stage => stage.ReplaceAsync(
                "jobs(/.*)?", ("\"state\":\"running\"", "\"state\":\"failed\""),
                ("\"endedAt\":null", "\"endedAt\":\"2026-04-15T09:30:00Z\""))),
        new("jobs-skipped", "job", "/jobs", stage => stage.SeeTextAsync("were not sent again:"),
            stage => stage.ReplaceAsync(
                "jobs(/.*)?", ("\"state\":\"running\"", "\"state\":\"succeeded\""), ("\"skipped\":0", "\"skipped\":2"),
                ("\"endedAt\":null", "\"endedAt\":\"2026-04-15T09:30:00Z\""))),
    ];
}
