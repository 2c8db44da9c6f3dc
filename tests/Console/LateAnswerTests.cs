using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Answers that come when the person has gone on typing, or is elsewhere.</summary>
[Collection(nameof(AdminsApp))]
public sealed class LateAnswerTests(AdminsApp started) : BrowserTests
{
    const string Generated = "Generate one (recommended)";
    const string None = "None";
    const string Elsewhere = "https://other.example.com";

    static readonly Uri Receiver = new("http://127.0.0.1:1/hook");

    [Theory]
    [InlineData(Generated)]
    [InlineData(None)]
    public async Task What_is_typed_while_a_new_webhook_is_saved_stands_unsaved_in_its_settings(string secret)
    {
        var tab = await OpenAsync();
        var answer = await SaveNewAsync(tab, secret);

        await tab.Field("Name (optional)").FillAsync("typed meanwhile");
        answer.SetResult();
        if (secret == Generated)
        {
            await tab.Button("Done").ClickAsync();
        }

        await Expect(tab.Button("Save changes")).ToBeVisibleAsync();
        await Expect(tab.Field("Name (optional)")).ToHaveValueAsync("typed meanwhile");
        await Expect(tab.Field("Where to send events")).ToHaveValueAsync($"{Receiver}");
        await tab.Link("Activity").ClickAsync();
        await Expect(tab.Heading("Leave without saving?")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_has_left_when_a_new_webhook_is_saved_goes_on_in_another_form()
    {
        var tab = await OpenAsync();
        var answer = await SaveNewAsync(tab, None);
        await LeaveForAnotherFormAsync(tab);

        answer.SetResult();
        await Expect(tab.Page.GetByText("The webhook was saved already").First).ToBeVisibleAsync();

        await GoesOnAsync(tab);
    }

    [Fact]
    public async Task Who_has_left_when_a_new_webhook_is_saved_is_shown_its_secret_and_goes_on_in_another_form()
    {
        var tab = await OpenAsync();
        var answer = await SaveNewAsync(tab, Generated);
        var made = await tab.Field("The generated secret").InputValueAsync();
        await LeaveForAnotherFormAsync(tab);

        answer.SetResult();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Have you copied the secret?");
        await Expect(dialog.GetByLabel("The generated secret")).ToHaveValueAsync(made);
        await tab.Button("Done").ClickAsync();

        await GoesOnAsync(tab);
    }

    [Fact]
    public async Task Two_secrets_whose_answers_come_late_are_shown_one_after_the_other()
    {
        var tab = await OpenAsync();
        var answer = await SaveNewAsync(tab, Generated);
        var first = await tab.Field("The generated secret").InputValueAsync();
        await LeaveForAnotherFormAsync(tab);
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        var second = await tab.Field("The generated secret").InputValueAsync();
        await tab.Button("Save and start sending").ClickAsync();
        var shown = tab.Page.Locator("#made-secret");
        await Expect(shown).ToHaveValueAsync(second);

        await tab.Page.RunAndWaitForResponseAsync(
            () =>
            {
                answer.SetResult();
                return Task.CompletedTask;
            },
            "**/api/portal/subscriptions");
        await tab.Button("Done").ClickAsync();

        await Expect(shown).ToHaveValueAsync(first);
    }

    [Fact]
    public async Task A_secret_that_the_browser_does_not_copy_is_shown_until_it_is_said_to_be_copied()
    {
        var tab = await OpenAsync();
        await tab.Page.AddInitScriptAsync("""
            navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
            """);
        await tab.VisitAsync(started.Share());
        await tab.Link("Add a webhook").ClickAsync();
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        var made = await tab.Field("The generated secret").InputValueAsync();
        await tab.Button("Save and start sending").ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Copy secret" }).ClickAsync();
        await tab.Page.EvaluateAsync("""
            () => new Promise(resolve => {
              addEventListener('hashchange', () => resolve(), { once: true });
              history.back();
            })
            """);
        await tab.Page.WaitForURLAsync("**/#/new");

        await Expect(dialog).ToContainTextAsync("Have you copied the secret?");
        await Expect(dialog.GetByLabel("The generated secret")).ToHaveValueAsync(made);
        await tab.Button("Done").ClickAsync();
        await Expect(tab.Heading("Nothing was sent yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_new_secret_is_shown_although_its_maker_has_left()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"], generateSecret: true);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        var answer = await tab.HoldAsync("POST", $"subscriptions/{id}/secret/rotate");
        await tab.Button("Make a new secret…").ClickAsync();
        await tab.Button("Make a new secret").ClickAsync();

        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(tab.Heading("Make a new secret")).ToBeVisibleAsync();
        await tab.Page.EvaluateAsync("location.hash = '/'");
        await Expect(tab.Page.Locator(".card")).ToBeVisibleAsync();
        answer.SetResult();

        await Expect(tab.Heading("The new secret")).ToBeVisibleAsync();
        await Expect(tab.Field("The generated secret")).ToHaveValueAsync(new Regex("^whsec_"));
    }

    [Fact]
    public async Task The_secret_for_notices_is_shown_although_its_maker_has_left()
    {
        var tab = await OpenAsync();
        await tab.VisitAsync(started.Share(), "/notices");
        await tab.Field("Where to send notices").FillAsync("http://127.0.0.1:1");
        var made = await tab.Field("The generated secret").InputValueAsync();
        var answer = await tab.HoldAsync("PUT", "notices");
        await tab.Button("Save and be told").ClickAsync();
        await Expect(tab.Field("I have one")).ToBeDisabledAsync();
        await LeaveForAnotherFormAsync(tab);

        answer.SetResult();
        await Expect(tab.Page.GetByRole(AriaRole.Dialog).GetByLabel("The generated secret")).ToHaveValueAsync(made);
        await tab.Button("Done").ClickAsync();

        await GoesOnAsync(tab);
    }

    [Fact]
    public async Task Who_has_left_when_a_webhook_is_deleted_goes_on_in_another_form()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        var answer = await tab.HoldAsync("DELETE", $"subscriptions/{id}");
        await tab.Button("Delete this webhook…").ClickAsync();
        await tab.Button("Delete webhook").ClickAsync();

        await Expect(tab.Button("Keep")).ToBeDisabledAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await tab.Page.EvaluateAsync("location.hash = '/new'");
        await tab.Field("Where to send events").FillAsync(Elsewhere);
        answer.SetResult();
        await Expect(tab.Page.GetByText("The webhook was deleted.").First).ToBeVisibleAsync();

        await GoesOnAsync(tab);
    }

    [Theory]
    [InlineData("settings", "PATCH", true, "Something went wrong on Atrium’s side.")]
    [InlineData("settings", "PATCH", false, "Somebody else changed this webhook")]
    [InlineData("notices", "PUT", true, "Something went wrong on Atrium’s side.")]
    public async Task Who_has_left_when_changes_are_refused_is_told_so(
        string screen, string method, bool isRefused, string sentence)
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        var path = screen == "notices" ? "notices" : $"subscriptions/{id}";
        var tab = await OpenAsync();
        await tab.VisitAsync(app, screen == "notices" ? "/notices" : $"/w/{id}/settings");
        await tab.Field(screen == "notices" ? "Where to send notices" : "Where to send events").FillAsync(Elsewhere);
        var answer = isRefused ? await tab.HoldRefusalAsync(method, path) : await tab.HoldAsync(method, path);
        await tab.Button(screen == "notices" ? "Save and be told" : "Save changes").ClickAsync();
        await Expect(tab.Button("Saving…")).ToBeVisibleAsync();
        if (!isRefused)
        {
            await app.SendAsync(
                HttpMethod.Patch, $"api/tenants/{app.Tenant}/subscriptions/{id}", new { name = "theirs" }, "*");
        }

        await LeaveForAnotherFormAsync(tab);
        answer.SetResult();

        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(sentence);
        await GoesOnAsync(tab);
    }

    // A new webhook whose answer comes later.
    async Task<TaskCompletionSource> SaveNewAsync(Tab tab, string secret)
    {
        await tab.VisitAsync(started.Share(), "/new");
        await tab.Field("Where to send events").FillAsync($"{Receiver}");
        await tab.Field(secret).CheckAsync();
        var answer = await tab.HoldAsync("POST", "subscriptions");
        await tab.Button("Save and start sending").ClickAsync();
        await Expect(tab.Button("Saving…")).ToBeVisibleAsync();
        return answer;
    }

    static async Task LeaveForAnotherFormAsync(Tab tab)
    {
        await tab.Link("Webhooks").ClickAsync();
        await tab.Button("Leave").ClickAsync();
        await tab.Link("Add a webhook").ClickAsync();
        await tab.Field("Where to send events").FillAsync(Elsewhere);
    }

    static async Task GoesOnAsync(Tab tab)
    {
        await Expect(tab.Field("Where to send events")).ToHaveValueAsync(Elsewhere);
        Assert.Equal("#/new", new Uri(tab.Page.Url).Fragment);
        await tab.Link("Webhooks").ClickAsync();
        await Expect(tab.Heading("Leave without saving?")).ToBeVisibleAsync();
    }
}
