namespace Atrium.BrowserTests;

// Where notices go, and which were sent.
internal static partial class ScreenStates
{
    static IEnumerable<ScreenState> Notices() =>
    [
        new("notices", Demo, "/notices", Form),
        new("notices-loading", Demo, "/notices", stage => stage.SeeAsync(".skeleton"), Holds("notices")),
        new("notices-error", Demo, "/notices",
            stage => stage.SeeTextAsync("The settings for notices could not be loaded."),
            stage => stage.RefuseAsync("notices", 500, "unexpected", "")),
        new("notices-read-only", "readonly", "/notices",
            stage => stage.SeeTextAsync("No URL is set. Nobody is told when a webhook fails.")),
        new("notices-test-arrived", Demo, "/notices", async stage =>
        {
            await stage.FillAsync("Where to send notices", Receiver);
            await stage.ClickAsync("Send a test");
            await stage.SeeAsync(".exchange");
        }),
        new("notices-test-401", Demo, "/notices", async stage =>
        {
            await stage.FillAsync("Where to send notices", "https://hooks.zapier.com/hooks/catch/1/ab");
            await stage.ClickAsync("Send a test");
            await stage.SeeTextAsync("compare its secret with the one for notices.");
        }, stage => stage.ReplaceAsync("notices/test", ("404", "401"))),
        new("notices-saved", Demo, "/notices", SaveNoticesAsync),
        new("notices-sent", Full, "/notices", stage => SentNoticesAsync(stage, ".rows li")),
        new("notices-sent-none", Demo, "/notices", async stage =>
        {
            await NoticesAsync(stage);
            await SentNoticesAsync(stage, ".empty");
        }),
        new("notices-sent-loading", Full, "/notices", stage => SentNoticesAsync(stage, ".skeleton"),
            Holds(".*/attempts")),
        new("notices-sent-error", Full, "/notices", stage => SentNoticesAsync(stage, ".note"),
            stage => stage.RefuseAsync(".*/attempts", 500, "unexpected", "")),
        new("notices-sent-read-only", Full, "/notices", stage => SentNoticesAsync(stage, ".rows li"),
            stage => stage.ReplaceAsync("session", (",\"manage\",\"recover\",\"erase\"", ""))),
        new("notice-delivered", Full, "/notices", First),
        new("notice-failed", Full, "/notices", FailedNoticeAsync),
        new("notice-sent-again", Full, "/notices", async stage =>
        {
            await FailedNoticeAsync(stage);
            await stage.ClickAsync("Send again");
            await stage.SeeTextAsync("1 notice was sent again.");
        }),
        new("notice-delete", Full, "/notices", async stage =>
        {
            await FailedNoticeAsync(stage);
            await stage.ClickAsync("Delete");
            await stage.SeeTextAsync("The notice is deleted for good.");
        }),
        new("notice-gone", Full, "/notices/d/msg_0", stage => stage.SeeTextAsync("This sending is not known")),
        new("notices-failed", Full, $"/failed?webhook={Stage.Notices}", async stage =>
        {
            await Chosen(stage);
            await stage.Page.Locator(".disclose").ClickAsync();
            await stage.SeeAsync(".letters li");
        }),
        new("notices-failed-send", Full, $"/failed?webhook={Stage.Notices}", async stage =>
        {
            await Chosen(stage);
            await stage.Page.Locator(".bar .button.primary").ClickAsync();
            await stage.SeeTextAsync("1 notice will be sent again to the URL for notices.");
        }),
        new("notices-conflict", "conflict", "/notices", async stage =>
        {
            await NoticesAsync(stage);
            await stage.FillAsync("Where to send notices", $"{Receiver}/mine");
            await stage.ClickAsync("Save changes");
            await stage.SeeTextAsync("Somebody else changed these settings");
        }),
        new("notices-remove", Demo, "/notices", async stage =>
        {
            await NoticesAsync(stage);
            await stage.ClickAsync("Remove the URL…");
            await stage.SeeAsync("dialog[open]");
        }),
    ];

    // They are below what is set, where a picture of the screen's beginning ends.
    static async Task SentNoticesAsync(Stage stage, string what)
    {
        await Form(stage);
        await stage.SeeAsync($".list {what}");
        await stage.Page.Locator(".list").EvaluateAsync("list => list.scrollIntoView()");
    }

    static async Task FailedNoticeAsync(Stage stage)
    {
        await stage.Page.Locator(".rows li", new() { Has = stage.Page.Locator(".sign.bad") }).Locator("a").ClickAsync();
        await stage.SeeAsync(".sending .marks");
        await Advised(stage);
    }

    static async Task SaveNoticesAsync(Stage stage)
    {
        await stage.FillAsync("Where to send notices", Receiver);
        await stage.ClickAsync("Save and be told");
        await stage.SeeAsync("dialog[open]");
    }

    static async Task NoticesAsync(Stage stage)
    {
        await SaveNoticesAsync(stage);
        await stage.ClickInDialogAsync("Done");
        await stage.SeeTextAsync("No notices any more");
    }
}
