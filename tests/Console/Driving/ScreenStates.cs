using Atrium.Functions.Console;
using Microsoft.Extensions.Options;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Every screen of the page in every state.</summary>
internal static partial class ScreenStates
{
    const string Demo = "demo";
    const string Full = "full";
    const string Receiver = "https://dwh.example.com/visitors";

    /// <summary>The programs of samples/receivers that the page shows.</summary>
    public static readonly IReadOnlyList<string> Programs = ["csharp", "csharp-by-hand", "javascript", "python"];

    static readonly string Failing = $"/w/{Stage.Webhook(0)}";
    static readonly string Working = $"/w/{Stage.Webhook(1)}";
    static readonly string Retrying = $"/w/{Stage.Webhook(2)}";
    static readonly string Paused = $"/w/{Stage.Webhook(3)}";
    static readonly string Unsent = $"/w/{Stage.Webhook(4)}";

    public static IReadOnlyList<ScreenState> All { get; } =
    [
        .. Sessions(), .. List(), .. NewWebhook(), .. Settings(), .. Activity(), .. Sending(), .. Receivers(),
        .. FailedEvents(), .. Jobs(), .. Notices(),
    ];

    static IEnumerable<ScreenState> Sessions() =>
    [
        new("session-opening", Demo, "/", stage => stage.SeeTextAsync("Loading…"), Holds("session")),
        new("session-none", "expired", "/", stage => stage.SeeTextAsync("Open this page from Atrium"),
            stage => stage.RefuseAsync("local-session", 403, "forbidden", "")),
        new("session-refused", "refused", "/",
            stage => stage.SeeTextAsync("Your account is not linked to a company in Atrium. Ask whoever manages it.")),
        new("session-failed", Demo, "/", stage => stage.SeeTextAsync("The page could not be opened"),
            stage => stage.RefuseAsync("session", 503, "unavailable", "")),
        new("session-expired", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", Receiver);
            await stage.RefuseAsync("test-webhook", 401, "unauthenticated", "");
            await stage.ClickAsync("Send a test");
            await stage.SeeTextAsync("Please open this page again");
        }),
        new("session-signed-out", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", Receiver);
            await stage.AnswerAsync("test-webhook", route => route.FulfillAsync(new()
            {
                Status = 401,
                ContentType = "application/problem+json",
                Body = """{"code":"unauthenticated","signInUrl":"/.auth/login/aad"}""",
            }));
            await stage.ClickAsync("Send a test");
            await stage.SeeTextAsync("Please sign in again");
        }, stage => stage.ReplaceAsync("session", ("\"signedInBy\":\"token\"", "\"signedInBy\":\"account\""))),
        new("session-of-another", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", Receiver);
            await stage.ReplaceAsync("session", ("\"tenant\":\"demo\"", "\"tenant\":\"globex-international\""));
            await stage.Page.EvaluateAsync("location.hash = 'session=atp_demo-another'");
            await stage.SeeAsync("dialog");
        }),
    ];

    static IEnumerable<ScreenState> List() =>
    [
        new("list", Demo, "/", Cards),
        new("list-accent", Demo, "/", Cards, Accent),
        new("list-loading", Demo, "/", stage => stage.SeeAsync(".skeleton"), Holds("overview")),
        new("list-waking", Demo, "/",
            stage => stage.SeeTextAsync("Atrium is starting up. This can take some seconds…"), Holds("overview")),
        new("list-empty", "empty", "/", stage => stage.SeeTextAsync("No webhook yet")),
        new("list-error", "error", "/", stage => stage.SeeTextAsync("The webhooks could not be loaded.")),
        new("list-down", "down", "/", stage => stage.SeeTextAsync("The webhooks could not be loaded.")),
        new("list-stale", Demo, "/", async stage =>
        {
            await Cards(stage);
            await stage.RefuseAsync("overview", 500, "unexpected", "The request failed by a mistake.");
            await stage.ClickAsync("Refresh");
            await stage.SeeAsync(".stale");
        }),
        new("list-full", Full, "/", async stage =>
        {
            await Cards(stage);
            await stage.SeeTextAsync("There can be 20 webhooks at most. Delete one first.");
        }),
        new("list-read-only", "readonly", "/", Cards),
        new("list-incomplete", Demo, "/", stage => stage.SeeTextAsync("There was too much to count all of it."),
            stage => stage.ReplaceAsync("overview", ("\"complete\":true", "\"complete\":false"))),
        new("list-uncounted", Demo, "/",
            stage => stage.SeeTextAsync("It is not known yet what has failed: not all is counted."),
            stage => stage.ReplaceAsync("overview", ("\"indexedAt\":", "\"indexedAt\":null,\"before\":"))),
        new("list-offline", Demo, "/", async stage =>
        {
            await Cards(stage);
            await stage.AnswerAsync("overview", route => route.AbortAsync());
            await stage.ClickAsync("Refresh");
            await stage.SeeAsync(".offline");
        }),
        new("list-foreign-text", Demo, "/", Cards, stage => stage.ReplaceAsync("overview",
            ("Access control via Zapier", "</script><img src=x onerror=alert(1)>"),
            ("Munich data warehouse", new string('W', 100)))),
    ];

    static IEnumerable<ScreenState> NewWebhook() =>
    [
        new("new", Demo, "/new", Form),
        new("new-read-only", "readonly", "/new",
            stage => stage.SeeTextAsync("You can look, but not change anything.")),
        new("new-faults", Demo, "/new", async stage =>
        {
            await Form(stage);
            foreach (var box in (await stage.Page.Locator("#events input").AllAsync()).SkipLast(1))
            {
                await box.UncheckAsync();
            }

            await stage.ClickAsync("Save and start sending");
            await stage.SeeTextAsync("Please check these fields");
            await stage.SeeAsync("#events-error");
        }),
        new("new-http", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", "http://dwh.example.com/visitors");
            await stage.ClickAsync("Save and start sending");
            await stage.SeeTextAsync("The URL must begin with https://,");
        }),
        new("new-refused", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", "https://localhost/hook");
            await stage.ClickAsync("Save and start sending");
            await stage.SeeAsync(".error");
        }),
        new("new-most", Full, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", Receiver);
            await stage.ClickAsync("Save and start sending");
            await stage.SeeTextAsync("There are as many webhooks as there can be. Delete one first.");
        }),
        new("new-lost", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", Receiver);
            await stage.AnswerAsync("subscriptions", route => route.AbortAsync());
            await stage.ClickAsync("Save and start sending");
            await stage.SeeTextAsync("No answer came. Nothing is lost:");
        }),
        new("new-made-before", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", Receiver);
            await stage.LoseAsync("subscriptions");
            await stage.ClickAsync("Save and start sending");
            await stage.SeeTextAsync("No answer came. Nothing is lost:");
            await stage.Page.ReconnectAsync();
            await stage.FillAsync("Name (optional)", "Corrected");
            await stage.ClickAsync("Try again");
            await stage.SeeTextAsync("The webhook was saved already");
        }),
        new("new-own-secret", Demo, "/new", async stage =>
        {
            await stage.CheckAsync("I have one");
            await stage.FillAsync("Where to send events", Receiver);
            await stage.ClickAsync("Save and start sending");
            await stage.SeeTextAsync("Enter your secret, or choose to generate one.");
        }),
        new("new-no-secret", Demo, "/new", stage => stage.CheckAsync("None")),
        new("new-guides", Demo, "/new", async stage =>
        {
            await stage.Page.Locator("details.help summary").First.ClickAsync();
            await stage.ClickAsync("Guides for each tool");
            await stage.SeeAsync("dialog .recipe");
        }),
        new("new-headers", Demo, "/new", async stage =>
        {
            await stage.Page.Locator("#headers").ClickAsync();
            await stage.Page.Locator("details.help summary").First.ClickAsync();
            await stage.ClickAsync("Add a header");
            await stage.SeeAsync(".header-row");
        }),
        new("new-header-faults", Demo, "/new", async stage =>
        {
            await stage.Page.Locator("#headers").ClickAsync();
            await stage.ClickAsync("Add a header");
            await stage.Page.Locator(".header-row input").Last.FillAsync("a value without a name");
            await stage.ClickAsync("Add a header");
            await stage.Page.Locator(".header-row input").Nth(2).FillAsync("X-Key");
            await stage.ClickAsync("Save and start sending");
            await stage.SeeAsync(".header-row .error");
        }),
        new("new-test-arrived", Demo, "/new", stage => TestAsync(stage, Receiver)),
        new("new-test-404", Demo, "/new", stage => FailTestAsync(stage, "https://hooks.zapier.com/hooks/catch/1/ab")),
        new("new-test-refused", Demo, "/new", stage => FailTestAsync(stage, "https://refused.example.com")),
        new("new-test-cause", Demo, "/new", async stage =>
        {
            await stage.ReplaceAsync("test-webhook", (
                "\"errorClass\":\"refused\",\"cause\":null,\"explanation\":\"The receiver refused the connection.\"",
                "\"errorClass\":\"tls\",\"cause\":\"certificate_name\",\"explanation\":\"The certificate shown is for "
                    + "another name than refused.example.com. Use a name that the certificate covers, or get a "
                    + "certificate for this one.\""));
            await stage.Page.Locator("#url").FillAsync("https://refused.example.com");
            await stage.Page.Locator(".test .row .button").ClickAsync();
            await stage.SeeAsync(".exchange .todo");
        }),
        new("new-test-not-made", Demo, "/new", async stage =>
        {
            await stage.RefuseAsync("test-webhook", 503, "unavailable", "");
            await stage.FillAsync("Where to send events", Receiver);
            await stage.ClickAsync("Send a test");
            await stage.SeeTextAsync("This did not work");
        }),
        new("new-test-outdated", Demo, "/new", async stage =>
        {
            await TestAsync(stage, Receiver);
            await stage.FillAsync("Where to send events", "https://dwh.example.com/other");
            await stage.SeeTextAsync("The form has changed since this test.");
        }),
        new("new-test-too-many", Demo, "/new", async stage =>
        {
            await stage.AnswerAsync("test-webhook", route => route.FulfillAsync(new()
            {
                Status = 429,
                ContentType = "application/problem+json",
                Headers = new Dictionary<string, string> { ["retry-after"] = "41" },
                Body = """{"code":"too_many_tests","detail":"Too many."}""",
            }));
            await stage.FillAsync("Where to send events", Receiver);
            await stage.ClickAsync("Send a test");
            await stage.SeeAsync(".note.warn");
        }),
        new("new-leaving", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", Receiver);
            await stage.Page.Locator(".crumb a").ClickAsync();
            await stage.SeeTextAsync("Leave without saving?");
        }),
        new("new-saved", Demo, "/new", async stage =>
        {
            await stage.FillAsync("Where to send events", Receiver);
            await stage.ClickAsync("Save and start sending");
            await stage.SeeTextAsync("Have you copied the secret?");
        }),
    ];

    static IEnumerable<ScreenState> Settings() =>
    [
        new("settings", Demo, $"{Working}/settings", Form),
        new("settings-loading", Demo, $"{Working}/settings", stage => stage.SeeAsync(".skeleton"),
            Holds("subscriptions/[^/]+")),
        new("settings-error", Demo, $"{Working}/settings",
            stage => stage.SeeTextAsync("The webhook could not be loaded."),
            stage => stage.RefuseAsync("subscriptions/[^/]+", 500, "unexpected", "")),
        new("settings-overlap", Demo, $"{Retrying}/settings", Form),
        new("settings-paused", Demo, $"{Paused}/settings", Form),
        new("settings-unsigned", Demo, $"{Unsent}/settings", Form),
        new("settings-read-only", "readonly", $"{Working}/settings", Form),
        new("settings-saved", Demo, $"{Working}/settings", async stage =>
        {
            await Form(stage);
            await stage.FillAsync("Name (optional)", "Another name");
            await stage.ClickAsync("Save changes");
            await stage.SeeAsync(".toast");
        }),
        new("settings-conflict", "conflict", $"{Working}/settings", async stage =>
        {
            await Form(stage);
            await stage.FillAsync("Name (optional)", "My name");
            await stage.ClickAsync("Save changes");
            await stage.SeeTextAsync("Somebody else changed this webhook");
        }),
        new("settings-new-secret", Demo, $"{Working}/settings", async stage =>
        {
            await Form(stage);
            await stage.ClickAsync("Make a new secret…");
            await stage.SeeAsync("dialog[open]");
        }),
        new("settings-secret-made", Demo, $"{Working}/settings", async stage =>
        {
            await Form(stage);
            await stage.ClickAsync("Make a new secret…");
            await stage.ClickInDialogAsync("Make a new secret");
            await stage.SeeTextAsync("The new secret");
        }),
        new("settings-secret-lost", Demo, $"{Working}/settings", async stage =>
        {
            await Form(stage);
            await stage.LoseAsync(".*/secret/rotate");
            await stage.ClickAsync("Make a new secret…");
            await stage.ClickInDialogAsync("Make a new secret");
            await stage.SeeAsync("dialog #secret");
        }),
        new("settings-stop-signing", Demo, $"{Working}/settings", async stage =>
        {
            await Form(stage);
            await stage.ClickAsync("Stop signing…");
            await stage.SeeAsync("dialog[open]");
        }),
        new("settings-delete", Demo, $"{Failing}/settings", async stage =>
        {
            await Form(stage);
            await stage.ClickAsync("Delete this webhook…");
            await stage.SeeAsync("dialog[open]");
        }),
        new("settings-delete-retrying", Demo, $"{Retrying}/settings", async stage =>
        {
            await Form(stage);
            await stage.ClickAsync("Delete this webhook…");
            await stage.SeeAsync("dialog[open] p + p");
        }),
        new("settings-delete-held", Demo, $"{Paused}/settings", async stage =>
        {
            await Form(stage);
            await stage.ClickAsync("Delete this webhook…");
            await stage.SeeTextAsync("Resume first");
        }),
        new("webhook-gone", Demo, "/w/sub_00000000000000000001",
            stage => stage.SeeTextAsync("This webhook is gone")),
    ];

    static IEnumerable<ScreenState> Receivers() =>
    [
        new("receiver", Demo, "/receiver", Guide),
        .. from tool in RecipeNames() select new ScreenState(
            $"receiver-{tool}", Demo, $"{Working}/receiver?tool={tool}", Guide),
        .. from program in Programs select new ScreenState(
            $"receiver-{program}", Demo, $"{Working}/receiver?tool={program}", stage => stage.SeeAsync(".file")),
        new("receiver-other", Demo, $"{Working}/receiver?tool=other", stage => stage.SeeAsync(".code")),
        new("receiver-error", Demo, "/receiver", stage => stage.SeeTextAsync("The samples could not be loaded."),
            stage => stage.RefuseAsync("events", 500, "unexpected", "")),
        new("receiver-gone", Demo, "/receiver", stage => stage.SeeTextAsync("The guides could not be loaded."),
            stage => stage.Page.RouteAsync("**/receivers-*.js", route => route.FulfillAsync(new() { Status = 404 }))),
        new("receiver-signature-wrong", Demo, $"{Working}/receiver", stage => VerifyAsync(stage)),
        new("receiver-signature-right", Demo, $"{Working}/receiver", stage => VerifyAsync(stage),
            stage => stage.ReplaceAsync("verify", ("false,\"failedStep\":\"headers\"", "true,\"failedStep\":null"))),
    ];

    static Func<Stage, Task> Holds(string path) => stage => stage.AnswerAsync(path, _ => Task.CompletedTask);

    static async Task Accent(Stage stage)
    {
        var files = new ConsoleFiles(Options.Create(new PortalOptions { Accent = "#0b57d0" }));
        await stage.Page.RouteAsync("**/theme.css", route => route.FulfillAsync(new()
        {
            ContentType = "text/css",
            BodyBytes = files.Find("theme.css")!.Variants[^1].Bytes,
        }));
    }

    static Task Cards(Stage stage) => stage.SeeAsync(".card");

    static Task Form(Stage stage) => stage.SeeAsync("#url");

    static Task Rows(Stage stage) => stage.SeeAsync(".rows li");

    static Task Guide(Stage stage) => stage.SeeAsync(".recipe");

    // Their webhooks may be known later than they are.
    static Task Groups(Stage stage) => stage.SeeAsync(".group-title .break");

    static Task Progress(Stage stage) => stage.SeeAsync(".job progress");

    static async Task Chosen(Stage stage)
    {
        await stage.Page.Locator(".check.all input").CheckAsync();
        await Expect(stage.Page.Locator(".bar .figures")).ToBeVisibleAsync();
    }

    static async Task First(Stage stage)
    {
        await stage.Page.Locator(".rows a").First.ClickAsync();
        await stage.SeeAsync(".sending .marks");
    }

    static async Task FirstFailed(Stage stage)
    {
        await First(stage);
        await Advised(stage);
    }

    static Task Advised(Stage stage) => stage.SeeAsync(".attempt[open] .todo li");

    static async Task TestAsync(Stage stage, string url)
    {
        await stage.FillAsync("Where to send events", url);
        await stage.ClickAsync("Send a test");
        await stage.SeeAsync(".exchange");
    }

    static async Task FailTestAsync(Stage stage, string url)
    {
        await TestAsync(stage, url);
        await stage.SeeAsync(".exchange .todo li");
    }

    static async Task VerifyAsync(Stage stage)
    {
        await stage.FillAsync("Headers, one on each line", "webhook-id: msg_1");
        await stage.FillAsync("Body, exactly as it came", "{}");
        await stage.ClickAsync("Check");
        await stage.SeeAsync(".panel .note");
    }

    static IEnumerable<string> RecipeNames() => Directory.GetFiles(Repository.PathOf("docs", "recipes"), "*.md")
        .Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != "README");
}
