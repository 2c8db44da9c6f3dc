using System.Text.RegularExpressions;
using Atrium.EndToEnd;
using Atrium.Functions.Egress;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>
/// What is typed in a form stays, what is wrong with it is found, and what comes of it is heard, also when an answer is
/// lost or late.
/// </summary>
[Collection(nameof(AdminsApp))]
public sealed class FormTests(AdminsApp started) : BrowserTests
{
    static readonly Uri Receiver = new("http://127.0.0.1:1/hook");

    [Fact]
    public async Task A_new_secret_whose_answer_was_lost_is_shown_and_is_not_made_twice()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        var webhook = await LoseNewSecretAsync(app, tab);
        var shown = await tab.Field("The generated secret").InputValueAsync();
        await tab.Button("Try again").ClickAsync();

        await Expect(tab.Heading("The new secret")).ToBeVisibleAsync();
        await Expect(tab.Field("The generated secret")).ToHaveValueAsync(shown);
        var stored = await app.GetAsync(webhook);
        Assert.Equal(1, stored.GetProperty("earlierSecretsSignUntil").GetArrayLength());
    }

    [Fact]
    public async Task A_secret_that_somebody_else_made_after_a_lost_answer_is_not_taken_for_ones_own()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        var webhook = await LoseNewSecretAsync(app, tab);

        await app.SendAsync(HttpMethod.Post, $"{webhook}/secret/rotate", new { }, "*");
        await app.SendAsync(HttpMethod.Patch, webhook, new { name = "Theirs" }, "*");
        await tab.Button("Try again").ClickAsync();

        await Expect(tab.Page.GetByText("Somebody else changed this webhook").First).ToBeVisibleAsync();
        await Expect(tab.Heading("The new secret")).ToBeHiddenAsync();
        var stored = await app.GetAsync(webhook);
        Assert.Equal(2, stored.GetProperty("earlierSecretsSignUntil").GetArrayLength());
    }

    [Fact]
    public async Task A_new_secret_is_there_until_somebody_says_that_they_are_done()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"], generateSecret: true);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        await tab.Button("Make a new secret…").ClickAsync();
        await tab.Button("Make a new secret").ClickAsync();
        var secret = tab.Field("The generated secret");
        var made = await secret.InputValueAsync();

        // Another Escape closes a dialog whether or not it was refused before.
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(secret).ToHaveValueAsync(made);
        await tab.Button("Test with it").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "It did not arrive" })).ToBeVisibleAsync();
        await Expect(secret).ToHaveValueAsync(made);
        await tab.Button("Done").ClickAsync();

        await Expect(secret).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Blanks_around_the_value_of_a_header_are_not_sent()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await tab.Page.GetByText("Additional headers").ClickAsync();
        await tab.Button("Add a header").ClickAsync();
        await tab.Field("Name").FillAsync(" Authorization ");
        await tab.Field("Value of Authorization").FillAsync(" Bearer abc\t");

        var tested = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Send a test").ClickAsync(), "**/test-webhook");
        var saved = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Save and start sending").ClickAsync(), "**/subscriptions");

        Assert.All(new[] { tested, saved }, request => Assert.Equal(
            "Bearer abc",
            request.PostDataJSON()!.Value.GetProperty("headers").GetProperty("Authorization").GetString()));
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_nobody_elses()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        await tab.Field("Name (optional)").FillAsync("mine");
        await tab.LoseAnswerAsync("PATCH", $"subscriptions/{id}");

        await tab.Button("Save changes").ClickAsync();
        await Expect(tab.Page.GetByText("it is not known whether this was saved")).ToBeVisibleAsync();
        await tab.Page.ReconnectAsync();
        await tab.Button("Save changes").ClickAsync();

        await Expect(tab.Page.GetByText("Saved. In force within 5 seconds.").First).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("Somebody else changed this webhook")).ToBeHiddenAsync();
        await Expect(tab.Field("Name (optional)")).ToHaveValueAsync("mine");
    }

    [Fact]
    public async Task Signing_that_was_stopped_without_an_answer_is_stopped_at_the_second_try()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"], generateSecret: true);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        await tab.LoseAnswerAsync("DELETE", $"subscriptions/{id}/secret");

        await tab.Button("Stop signing…").ClickAsync();
        await tab.Button("Stop signing").ClickAsync();
        await Expect(tab.Page.GetByText("This did not work")).ToBeVisibleAsync();
        await tab.Page.ReconnectAsync();
        await tab.Button("Stop signing").ClickAsync();

        await Expect(tab.Button("Make a secret…")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Notices_that_were_set_without_an_answer_show_their_secret_at_the_second_try()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/notices");
        await tab.Field("Where to send notices").FillAsync("http://127.0.0.1:1");
        await tab.LoseAnswerAsync("PUT", "notices");

        await tab.Button("Save and be told").ClickAsync();
        await Expect(tab.Page.GetByText("it is not known whether this was saved")).ToBeVisibleAsync();
        await tab.Page.ReconnectAsync();
        await tab.Button("Save and be told").ClickAsync();

        await Expect(tab.Heading("Have you copied the secret?")).ToBeVisibleAsync();
        var stored = await app.GetAsync($"api/tenants/{app.Tenant}/notices");
        Assert.Equal(0, stored.GetProperty("earlierSecretsSignUntil").GetArrayLength());
    }

    [Fact]
    public async Task Who_corrects_a_new_webhook_that_was_saved_unseen_is_told_so_and_led_to_it()
    {
        var tab = await CorrectUnseenAsync(started.Share());

        await Expect(tab.Button("Copy secret")).ToBeVisibleAsync();
        await tab.Button("All webhooks").ClickAsync();

        await Expect(tab.Page.Locator(".card")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Who_is_told_that_a_new_webhook_was_saved_can_make_a_second_one()
    {
        var app = started.Share();
        var tab = await CorrectUnseenAsync(app);

        await tab.Button("Close").ClickAsync();
        await tab.Button("Save and start sending").ClickAsync();

        await Expect(tab.Heading("Have you copied the secret?")).ToBeVisibleAsync();
        Assert.Equal(2, await CountAsync(app));
    }

    [Fact]
    public async Task Who_tries_again_to_save_a_new_webhook_hears_nothing_of_keys()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await tab.Field("I have one").CheckAsync();
        await tab.Field("Your secret").FillAsync(Convert.ToBase64String("twenty-four random bytes"u8));
        await tab.LoseAnswerAsync("POST", "subscriptions");
        await tab.Button("Save and start sending").ClickAsync();
        await Expect(tab.Button("Try again")).ToBeVisibleAsync();
        await tab.Page.ReconnectAsync();
        await HearAsync(tab.Page.Locator("body"));

        await tab.Button("Try again").ClickAsync();
        await Expect(tab.Heading("Nothing was sent yet")).ToBeVisibleAsync();

        Assert.DoesNotContain(
            await tab.Page.EvaluateAsync<string[]>("heard"), text => text.Contains("Key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_typed_while_changes_are_saved_stays()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        var name = tab.Field("Name (optional)");
        await name.FillAsync("first");
        var answer = await tab.HoldAsync("PATCH", $"subscriptions/{id}");

        await tab.Button("Save changes").ClickAsync();
        await name.FillAsync("second");
        await tab.Field("A visitor checks in visitor.checked_in").UncheckAsync();
        answer.SetResult();
        await Expect(tab.Page.GetByText("Saved. In force within 5 seconds.").First).ToBeVisibleAsync();

        await Expect(name).ToHaveValueAsync("second");
        await Expect(tab.Field("A visitor checks in visitor.checked_in")).Not.ToBeCheckedAsync();
        await tab.Button("Save changes").ClickAsync();
        await Eventually.TrueAsync(async () =>
            (await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{id}")).GetProperty("name").GetString()
                == "second");
    }

    [Fact]
    public async Task What_is_typed_while_a_webhook_is_paused_stays()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        var section = tab.Page.GetByRole(AriaRole.Region, new() { Name = "Pause" });
        var answer = await tab.HoldAsync("POST", $"subscriptions/{id}/pause");

        await section.GetByRole(AriaRole.Button).ClickAsync();
        await tab.Field("Name (optional)").FillAsync("typed");
        answer.SetResult();
        await Expect(section.GetByRole(AriaRole.Button, new() { Name = "Resume" })).ToBeVisibleAsync();

        await Expect(tab.Field("Name (optional)")).ToHaveValueAsync("typed");
    }

    [Fact]
    public async Task What_comes_of_a_test_in_a_dialog_is_heard_there()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}");
        await tab.Button("Send a test").First.ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        var send = dialog.GetByRole(AriaRole.Button, new() { Name = "Send a test" });
        await HearAsync(dialog);

        await send.ClickAsync();
        await tab.UntilAsync("heard.includes('It did not arrive')");
        await tab.Page.RouteAsync($"**/subscriptions/{id}/test", route => route.FulfillAsync(new()
        {
            Status = 429,
            ContentType = "application/problem+json",
            Headers = new Dictionary<string, string> { ["retry-after"] = "3600" },
            Body = """{"code":"too_many_tests","detail":"Too many."}""",
        }));
        await send.ClickAsync();

        await tab.UntilAsync("heard.some(text => text.startsWith('There were many tests'))");
        await Expect(send).ToHaveAccessibleDescriptionAsync(new Regex("You can test again in "));
    }

    // Typed as a paste types it: what fills a field by a script is not cut.
    [Theory]
    [InlineData("/new", "Where to send events", "Save and start sending")]
    [InlineData("/new", "Name (optional)", "Save and start sending")]
    [InlineData("/notices", "Where to send notices", "Save and be told")]
    public async Task A_pasted_text_that_is_too_long_is_refused_and_not_cut(string screen, string field, string save)
    {
        var pasted = Receiver + new string('a', EndpointUrl.MaxLength);
        var tab = await OpenAsync();
        await tab.Page.RunAndWaitForResponseAsync(
            () => tab.VisitAsync(started.Share(), screen), new Regex("/api/portal/limits$"));
        await tab.Page.Locator("#url").FillAsync($"{Receiver}");
        await tab.Field(field).SelectTextAsync();

        await tab.Page.Keyboard.InsertTextAsync(pasted);
        await tab.Button(save).ClickAsync();

        await Expect(tab.Field(field)).ToHaveAccessibleDescriptionAsync(new Regex("This is too long, or too much"));
        await Expect(tab.Field(field)).ToHaveValueAsync(pasted);
    }

    [Fact]
    public async Task Faults_of_headers_are_found_named_and_reached()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await tab.Page.GetByText("Additional headers").ClickAsync();
        string[][] rows = [["", "no name"], ["X-Key", "one"], ["x-key", "two"], ["X-Other", ""]];
        var inputs = tab.Page.Locator(".header-row input");
        foreach (var (index, row) in rows.Index())
        {
            await tab.Button("Add a header").ClickAsync();
            await inputs.Nth(2 * index).FillAsync(row[0]);
            await inputs.Nth((2 * index) + 1).FillAsync(row[1]);
        }

        var save = tab.Button("Save and start sending");
        var summary = tab.Page.Locator(".note.bad");
        await save.ClickAsync();
        await Expect(summary).ToBeFocusedAsync();
        (int Input, string Fault)[] faults =
        [
            (0, "Enter the name of the header, or remove it."), (4, "x-key is there twice. Remove one of them."),
            (7, "Enter the value of X-Other, or remove it."),
        ];
        foreach (var (input, fault) in faults)
        {
            await tab.Page.Locator("details:has(.header-row)").EvaluateAsync("rows => { rows.open = false }");
            await tab.Link(fault).ClickAsync();
            await Expect(inputs.Nth(input)).ToBeFocusedAsync();
            await Expect(inputs.Nth(input)).ToHaveAccessibleDescriptionAsync(fault);
            await Expect(inputs.Nth(input)).ToHaveAttributeAsync("aria-invalid", "true");
        }

        // The same faults once more, and then one that only the app finds.
        await save.ClickAsync();
        await Expect(summary).ToBeFocusedAsync();
        await inputs.Nth(0).FillAsync("Cookie");
        await inputs.Nth(4).FillAsync("X-Third");
        await inputs.Nth(7).FillAsync("four");
        await save.ClickAsync();
        await tab.Link("Cookie: This header is reserved. Use another one, such as X-Api-Key or Authorization.")
            .ClickAsync();
        await Expect(inputs.Nth(0)).ToBeFocusedAsync();
        Assert.Equal(0, await CountAsync(app));
    }

    [Fact]
    public async Task A_header_that_was_removed_and_typed_again_in_another_case_stays()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        await tab.Page.GetByText("Additional headers").ClickAsync();
        await AddHeaderAsync(tab, "X-Key", "first");
        await tab.Button("Save changes").ClickAsync();
        await Expect(tab.Page.GetByText("••• stored")).ToBeVisibleAsync();

        await tab.Button("Remove X-Key").ClickAsync();
        await tab.Page.GetByText("Additional headers").ClickAsync();
        await AddHeaderAsync(tab, "x-key ", "second");
        var patch = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Save changes").ClickAsync(), request => request.Method == "PATCH");
        await Expect(tab.Page.GetByText("••• stored")).ToBeVisibleAsync();

        Assert.Equal("""{"headers":{"x-key":"second"}}""", patch.PostData);
        var stored = await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{id}");
        Assert.Equal("X-Key", stored.GetProperty("headerNames")[0].GetString(), ignoreCase: true);
    }

    [Fact]
    public async Task Guides_are_shown_over_the_form_and_what_was_typed_stays()
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(started.Share(), "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");

        await tab.Page.GetByText("Where do I find it?").ClickAsync();
        await tab.Button("Guides for each tool").ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Your tool").SelectOptionAsync("Node-RED");
        await Expect(dialog.GetByRole(AriaRole.Heading, new() { Name = "Node-RED", Exact = true })).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await Expect(tab.Button("Guides for each tool")).ToBeFocusedAsync();
        await Expect(tab.Field("Where to send events")).ToHaveValueAsync($"{Receiver}");
        Assert.Single(tab.Page.Context.Pages);
    }

    [Theory]
    [InlineData("Control+Enter")]
    [InlineData("Meta+Enter")]
    public async Task By_two_keys_a_form_is_tested_from_any_of_its_fields_and_by_Enter_alone_it_is_sent(string keys)
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        var field = tab.Field("Name (optional)");

        await tab.Page.RunAndWaitForResponseAsync(() => field.PressAsync(keys), new Regex("/test-webhook$"));

        await Expect(tab.Page.Locator(".exchange")).ToBeVisibleAsync();
        await Expect(field).ToBeFocusedAsync();
        Assert.Equal(0, await CountAsync(app));
        Assert.DoesNotContain(tab.Requests, request => request is { Method: "POST" } && IsOfWebhooks(request));

        await tab.Page.RunAndWaitForResponseAsync(() => field.PressAsync("Enter"), IsSaved);

        Assert.Equal(1, await CountAsync(app));
        Assert.Single(tab.Requests, request => request.Url.EndsWith("/test-webhook", StringComparison.Ordinal));
    }

    static bool IsOfWebhooks(IRequest request) => request.Url.EndsWith("/subscriptions", StringComparison.Ordinal);

    static bool IsSaved(IResponse response) => response.Request.Method == "POST" && IsOfWebhooks(response.Request);

    // A new secret for a webhook whose path it gives. It is made, and the answer does not arrive.
    static async Task<string> LoseNewSecretAsync(RunningApp app, Tab tab)
    {
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"], generateSecret: true);
        await tab.VisitAsync(app, $"/w/{id}/settings");
        await tab.LoseAnswerAsync("POST", $"subscriptions/{id}/secret/rotate");
        await tab.Button("Make a new secret…").ClickAsync();
        await tab.Button("Make a new secret").ClickAsync();
        await Expect(tab.Page.GetByText("it is not known whether this secret is in force")).ToBeVisibleAsync();
        await tab.Page.ReconnectAsync();
        return $"api/tenants/{app.Tenant}/subscriptions/{id}";
    }

    // A first try whose answer is lost, and another one after the form has changed.
    async Task<Tab> CorrectUnseenAsync(RunningApp app)
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await tab.LoseAnswerAsync("POST", "subscriptions");
        await tab.Button("Save and start sending").ClickAsync();
        await Expect(tab.Button("Try again")).ToBeVisibleAsync();
        await tab.Page.ReconnectAsync();
        await tab.Field("Name (optional)").FillAsync("corrected");
        await tab.Button("Try again").ClickAsync();
        await Expect(tab.Heading("The webhook was saved already")).ToBeVisibleAsync();
        return tab;
    }

    static async Task AddHeaderAsync(Tab tab, string name, string value)
    {
        await tab.Button("Add a header").ClickAsync();
        var inputs = tab.Page.Locator(".header-row input");
        await inputs.Nth(0).FillAsync(name);
        await inputs.Nth(1).FillAsync(value);
    }

    static async Task<int> CountAsync(RunningApp app) =>
        (await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions")).GetProperty("items").GetArrayLength();

    // Keeps what a screen reader is given to read within an element from now on: it is there for some seconds only.
    static async Task HearAsync(ILocator around) => await around.EvaluateAsync("""
        around => {
          window.heard = [];
          const hear = () => heard.push(...[...around.querySelectorAll('[role=status], [role=alert]')]
            .map(region => region.textContent));
          new MutationObserver(hear).observe(around, { subtree: true, childList: true, characterData: true });
        }
        """);
}
