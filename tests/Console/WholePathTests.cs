using System.Text;
using System.Text.RegularExpressions;
using Atrium.EndToEnd;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>From no webhook to the first event, its secret, and the way of its failed events.</summary>
[Collection(nameof(AdminsApp))]
public sealed class WholePathTests(AdminsApp started, ITestOutputHelper output) : BrowserTests
{
    // Nobody listens there.
    const string WrongPort = "http://127.0.0.1:1/hook";

    const string WebhookTest = "webhook-test";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_webhook_is_tested_with_its_secret_before_it_is_saved_and_shows_its_first_event(bool isKeyboard)
    {
        var app = started.Share();
        string? secret = null;
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (request, _) => IsSigned(request, secret!) ? 204 : 401;
        var tab = await OpenAsync(new() { Permissions = ["clipboard-write"] });
        var hand = new Hand(tab, isKeyboard);
        var token = await tab.VisitAsync(app);

        await hand.PressAsync(tab.Link("Add a webhook"));
        secret = await tab.Field("The generated secret").InputValueAsync();
        var url = tab.Field("Where to send events");
        await hand.TypeAsync(url, "http://dwh.example.com/hook");
        await hand.PressAsync(tab.Button("Send a test"));
        await Expect(url).ToHaveAccessibleDescriptionAsync(new Regex("must begin with https://"));
        await hand.TypeAsync(url, WrongPort);
        await hand.PressAsync(tab.Button("Send a test"));
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "It did not arrive" }))
            .ToContainTextAsync("Nothing is listening under this address.");
        await hand.TypeAsync(url, $"{receiver.Url}hook");
        await hand.PressAsync(tab.Button("Send a test"));
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "It arrived" })).ToBeVisibleAsync();
        Assert.Equal("true", (await receiver.NextAsync(1)).Single().Headers[WebhookTest]);

        await hand.PressAsync(tab.Button("Save and start sending"));
        await hand.PressAsync(tab.Button("Copy secret"));
        await hand.PressAsync(tab.Button("Done"));
        await Expect(tab.Heading("Nothing was sent yet")).ToBeVisibleAsync();
        await app.PublishAsync(Events.CheckedIn);
        var first = (await receiver.NextAsync(1)).Single();
        Assert.True(IsSigned(first, secret));
        await Expect(tab.Page.Locator(".rows li").First).ToContainTextAsync("Delivered");
        await NowhereAsync(tab, app, secret, token);
    }

    [Fact]
    public async Task Both_secrets_of_a_rotation_are_taken_by_the_libraries_of_receivers()
    {
        var app = started.Share();
        await using var receiver = await Receiver.StartAsync();
        var (id, old) = await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}/settings");

        await tab.Button("Make a new secret…").ClickAsync();
        await tab.Button("Make a new secret").ClickAsync();
        var made = await tab.Field("The generated secret").InputValueAsync();
        await tab.Button("Test with it").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "It arrived" })).ToBeVisibleAsync();
        await app.PublishAsync(Events.CheckedIn);
        var requests = await receiver.NextAsync(2);

        Assert.NotEqual(old, made);
        Assert.All(requests, request => Assert.True(IsSigned(request, old!) && IsSigned(request, made)));
        Assert.Equal(
            [Verdict.Taken, Verdict.Taken],
            await ReceiversLibraries.VerifyAsync([(requests[1], old!), (requests[1], made)], output));
        Assert.DoesNotContain(made, app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_events_are_found_counted_and_sent_again_by_keyboard_alone()
    {
        const int Count = 5;
        var app = started.Share();
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, _) => 404;
        var (id, _) = await app.SubscribeAsync(receiver.Url, ["*"]);
        foreach (var number in Enumerable.Range(0, Count))
        {
            await app.PublishAsync(Events.Numbered(number));
        }

        var ids = new HashSet<string>();
        await app.RecordedAsync(id, 10 * Count);
        await app.IndexAsync();
        ids.UnionWith(receiver.All.Select(request => request.Id));
        var tab = await OpenAsync();
        var hand = new Hand(tab, isKeyboard: true);
        await tab.VisitAsync(app);
        await Expect(tab.State("Failing")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("5 failed events")).ToBeVisibleAsync();

        await hand.PressAsync(tab.Link("Look at failed events"));
        await Expect(tab.Page.Locator(".group")).ToContainTextAsync("404");
        await hand.CheckAsync(tab.Field("Choose all"));
        receiver.Answer = (_, _) => 204;
        await hand.PressAsync(tab.Button("Send 5 again…"));
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("5 events will be sent to");
        await hand.PressAsync(tab.Button("Send again all the same"));
        await Expect(tab.Page.GetByText("5 events were sent again.").First).ToBeVisibleAsync();
        await receiver.UntilAsync(_ => receiver.Answered.Count >= 11 * Count);
        // What is recorded later does not come into the list by itself.
        await Eventually.TrueAsync(async () =>
            (await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{id}/attempts?outcome=Delivered"))
                .GetProperty("items").GetArrayLength() == Count);
        await hand.PressAsync(tab.Link("Activity"));
        await Expect(tab.Page.Locator(".rows .sign.good")).ToHaveCountAsync(Count);

        Assert.Equal(Count, ids.Count);
        Assert.Equal(ids, receiver.Answered.TakeLast(Count).Select(request => request.Id).ToHashSet());
    }

    [Fact]
    public async Task What_comes_while_a_webhook_is_paused_is_held_and_arrives_when_it_resumes()
    {
        var app = started.Share();
        await using var receiver = await Receiver.StartAsync();
        var (id, _) = await app.SubscribeAsync(receiver.Url, ["*"]);
        var tab = await OpenAsync();
        await tab.VisitAsync(app, $"/w/{id}");

        await tab.Button("Pause").ClickAsync();
        await Expect(tab.State("Paused")).ToBeVisibleAsync();
        await app.PublishAsync(Events.Numbered(1));
        await app.PublishAsync(Events.Numbered(2));
        await app.ParkedAsync(id, 2);
        await tab.Link("Webhooks").ClickAsync();
        // For some seconds, the app tells what it has counted before.
        await Eventually.TrueAsync(async () =>
        {
            await tab.Button("Refresh").ClickAsync();
            return await tab.Page.GetByText("2 held").IsVisibleAsync();
        });
        Assert.Empty(receiver.All);
        await tab.Page.GetByRole(AriaRole.Button, new() { NameString = "Resume: " }).ClickAsync();

        Assert.Equal(2, (await receiver.NextAsync(2)).Select(request => request.Id).Distinct().Count());
        await Expect(tab.Page.GetByText("2 held events are on their way.").First).ToBeVisibleAsync();
    }

    static bool IsSigned(Received request, string secret)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in request.Headers)
        {
            headers[name] = value;
        }

        try
        {
            new StandardWebhook(secret).Verify(Encoding.UTF8.GetString(request.Body), headers);
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    }

    // The secret was in the form and in two requests' bodies, the token in a header; neither is anywhere else.
    static async Task NowhereAsync(Tab tab, RunningApp app, string secret, string token)
    {
        var stored = await tab.Page.EvaluateAsync<string>("""
            async () => JSON.stringify([
              Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, history.state,
              (await indexedDB.databases()).length, (await caches.keys()).length, window.name,
              document.documentElement.outerHTML, [...document.querySelectorAll('input')].map(input => input.value)])
            """);
        var addresses = tab.Requests.Select(request => request.Url).Append(tab.Page.Url).ToList();
        Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", stored, StringComparison.Ordinal);
        foreach (var text in addresses.Concat(tab.Said).Append(app.Output))
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("whsec_", text, StringComparison.Ordinal);
        }

        // The first address is the link that was opened; its fragment is not sent.
        foreach (var text in tab.Requests.Where(request => !request.IsNavigationRequest)
            .Select(request => request.Url).Append(tab.Page.Url).Concat(tab.Said).Append(app.Output))
        {
            Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        }
    }
}
