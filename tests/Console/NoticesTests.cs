using System.Text.Json;
using Atrium.EndToEnd;
using Atrium.Functions.Subscriptions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>An admin who does not look at the page is told by a URL of his own.</summary>
[Collection(nameof(AdminsApp))]
public sealed class NoticesTests(AdminsApp started) : BrowserTests
{
    [Fact]
    public async Task An_admin_is_told_once_that_a_webhook_fails_and_once_that_it_works_again()
    {
        var app = started.Share();
        await using var mails = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var status = 404;
        receiver.Answer = (_, _) => status;
        var (id, _) = await app.SubscribeAsync(receiver.Url, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app);
        await tab.Link("Be told when a webhook fails").ClickAsync();
        await tab.Field("Where to send notices").FillAsync($"{mails.Url}");
        await tab.Button("Send a test").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "It arrived" })).ToBeVisibleAsync();
        await tab.Button("Save and be told").ClickAsync();
        await tab.Button("Done").ClickAsync();

        await app.PublishAsync(Events.Numbered(1));
        await app.PublishAsync(Events.Numbered(2));
        await app.RecordedAsync(id, 20);
        var told = (await mails.NextAsync(2)).Select(Told).ToList();
        status = 204;
        var recovered = mails.NextAsync(1);
        var number = 3;
        // The first success may still know the subscription as it was before it failed: that is cached for seconds.
        await Eventually.TrueAsync(async () =>
        {
            await app.PublishAsync(Events.Numbered(number++));
            return recovered.IsCompleted;
        });
        told.AddRange((await recovered).Select(Told));

        Assert.Equal(
            [("webhook.failing", true), ("webhook.failing", false), ("webhook.recovered", false)],
            told.Select(one => (one.Type, one.IsTest)));
        Assert.All(told.Skip(1), one => Assert.Equal(id, one.Webhook));

        // What was sent is shown, and one of it leads to its attempts and back.
        await app.RecordedAsync(SubscriptionId.Notices, 2);
        await tab.Link("Webhooks").ClickAsync();
        await tab.Link("Be told when a webhook fails").ClickAsync();
        var rows = tab.Page.Locator(".rows a");
        await Expect(rows).ToHaveTextAsync(
            ["A webhook works again, Delivered", "A webhook begins to fail, Delivered"]);
        await rows.Last.ClickAsync();
        await Expect(tab.Heading("A webhook begins to fail")).ToBeFocusedAsync();
        await Expect(tab.Page.Locator(".sending dd").First).ToContainTextAsync(told[1].Id);
        await Expect(tab.Page.Locator(".sending .attempt")).ToHaveCountAsync(1);
        await tab.Link("Back").ClickAsync();
        await Expect(rows.Last).ToBeFocusedAsync();
        await Expect(tab.Field("Where to send notices")).ToHaveValueAsync($"{mails.Url}");
    }

    [Fact]
    public async Task Who_is_told_no_more_is_asked_first_and_gets_nothing_from_then_on()
    {
        var app = started.Share();
        await using var mails = await Receiver.StartAsync();
        var tab = await OpenAsync();
        await tab.VisitAsync(app, "/notices");
        await tab.Field("Where to send notices").FillAsync($"{mails.Url}");
        await tab.Button("Save and be told").ClickAsync();
        await tab.Button("Done").ClickAsync();

        await tab.Button("Remove the URL…").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove the URL" })
            .ClickAsync();

        await Expect(tab.Field("Where to send notices")).ToHaveValueAsync("");
        var answer = await app.SendAsync(HttpMethod.Get, $"api/tenants/{app.Tenant}/notices");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.Status);
    }

    static (string Type, bool IsTest, string? Webhook, string Id) Told(Received request)
    {
        var body = JsonSerializer.Deserialize<JsonElement>(request.Body);
        return (
            body.GetProperty("event").GetString()!,
            request.Headers.ContainsKey("webhook-test"),
            body.GetProperty("webhook").GetProperty("id").GetString(),
            request.Headers["webhook-id"]);
    }
}
