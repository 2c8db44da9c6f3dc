using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Forms that somebody is in the midst of, while the webhook or the network changes.</summary>
[Collection(nameof(AdminsApp))]
public sealed class SharedWorkTests(AdminsApp started) : BrowserTests
{
    static readonly Uri Receiver = new("http://127.0.0.1:1/hook");

    [Theory]
    [InlineData("Use mine for these fields", "mine")]
    [InlineData("Take theirs", "theirs")]
    public async Task Two_who_change_the_same_webhook_choose_whose_change_stays(string choice, string stays)
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");
        await tab.Field("Name (optional)").FillAsync("mine");
        var other = await OpenAsync();
        await other.VisitAsync(app, $"/w/{id}/settings");
        await other.Field("Name (optional)").FillAsync("theirs");
        await other.Button("Save changes").ClickAsync();
        await Expect(other.Page.GetByText("Saved. In force within 5 seconds.").First).ToBeVisibleAsync();

        await tab.Button("Save changes").ClickAsync();
        var panel = tab.Page.GetByRole(AriaRole.Region, new() { Name = "Somebody else changed this webhook" });
        await Expect(panel).ToContainTextAsync("theirs");
        await Expect(panel).ToContainTextAsync("mine");
        await tab.Button(choice).ClickAsync();
        await Expect(panel).ToBeHiddenAsync();

        await Expect(tab.Field("Name (optional)")).ToHaveValueAsync(stays);
        var stored = await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{id}");
        Assert.Equal(stays, stored.GetProperty("name").GetString());
        Assert.Equal(["*"], stored.GetProperty("events").Deserialize<string[]>()!);
    }

    [Fact]
    public async Task Who_sets_a_url_for_notices_that_somebody_has_set_meanwhile_is_told_that_its_secret_goes_too()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/notices");
        await tab.Field("Where to send notices").FillAsync("http://127.0.0.1:1/mine");
        var other = await OpenAsync();
        await other.VisitAsync(app, "/notices");
        await other.Field("Where to send notices").FillAsync("http://127.0.0.1:1/theirs");
        await other.Button("Save and be told").ClickAsync();
        await other.Button("Done").ClickAsync();

        await tab.Button("Save and be told").ClickAsync();

        var row = tab.Page.Locator(".comparison tr", new() { HasTextString = "Signing secret" });
        await Expect(row.Locator("td").First).ToContainTextAsync("Made ");
        await Expect(row.Locator("td").Last).ToHaveTextAsync("The generated secret");
    }

    [Fact]
    public async Task Who_resumes_a_webhook_that_somebody_changed_meanwhile_sees_what_changed_and_is_asked_again()
    {
        var app = started.Share();
        var (id, _) = await app.SubscribeAsync(Receiver, ["*"]);
        await app.PauseAsync(id);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}");
        var resume = tab.Button("Resume");
        await Expect(resume).ToBeVisibleAsync();
        // What it learns by itself from now on is not what the person saw.
        await tab.Page.RouteAsync("**/overview", _ => { });
        var other = await OpenAsync();
        await other.VisitAsync(app, $"/w/{id}/settings");
        await other.Field("Name (optional)").FillAsync("theirs");
        await other.Button("Save changes").ClickAsync();
        await Expect(other.Page.GetByText("Saved. In force within 5 seconds.").First).ToBeVisibleAsync();

        await resume.ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("theirs");
        await tab.Page.UnrouteAllAsync();
        var before = await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{id}");
        Assert.NotEqual(JsonValueKind.Null, before.GetProperty("pausedAt").ValueKind);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();

        await Expect(tab.Button("Pause")).ToBeVisibleAsync();
        var after = await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{id}");
        Assert.Equal(JsonValueKind.Null, after.GetProperty("pausedAt").ValueKind);
        Assert.Equal("theirs", after.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Without_a_connection_nothing_can_be_changed_and_what_was_typed_stays()
    {
        var app = started.Share();
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/new");
        await tab.Field("Name (optional)").FillAsync("half typed");
        var save = tab.Button("Save and start sending");
        await Expect(tab.Page.GetByText("Copy it into your receiver now.")).ToBeVisibleAsync();

        await tab.Page.Context.SetOfflineAsync(true);
        var banner = tab.Page.GetByRole(AriaRole.Region, new() { Name = "No connection." });
        await Expect(banner).ToContainTextAsync(new Regex("Next try in [0-9]+:[0-9]{2}|Trying now…"));
        await banner.GetByRole(AriaRole.Button, new() { Name = "Try now" }).ClickAsync();
        await Expect(banner).ToBeVisibleAsync();
        await Expect(save).ToBeDisabledAsync();
        await Expect(save).ToHaveAccessibleDescriptionAsync("No connection");
        await tab.Page.Context.SetOfflineAsync(false);

        await Expect(tab.Page.GetByText("No connection.")).ToBeHiddenAsync();
        await Expect(save).ToBeEnabledAsync();
        await Expect(tab.Field("Name (optional)")).ToHaveValueAsync("half typed");
    }
}
