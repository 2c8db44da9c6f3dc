using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>What is copied and read of what was sent, and what is said of a signature.</summary>
public sealed class ExchangeTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    const string Receiver = "https://dwh.example.com/visitors";

    [Fact]
    public async Task What_is_copied_of_a_test_is_to_the_byte_what_was_sent()
    {
        var tab = await OpenAsync();
        // All tabs have one clipboard.
        await tab.Page.AddInitScriptAsync("navigator.clipboard.writeText = async text => { window.copied = text; };");
        await VisitAsync(tab, "/new");
        await tab.Field("Where to send events").FillAsync(Receiver);
        var answer = await tab.Page.RunAndWaitForResponseAsync(
            () => tab.Button("Send a test").ClickAsync(), new Regex("/test-webhook$"));
        var sent = JsonSerializer.Deserialize<JsonElement>(await answer.TextAsync())
            .GetProperty("request").GetProperty("body").GetString();

        await tab.Button("Copy What we sent").ClickAsync();
        await tab.UntilAsync("'copied' in window");

        Assert.Equal(sent, await tab.Page.EvaluateAsync<string>("copied"));
    }

    [Fact]
    public async Task The_end_of_a_long_line_can_be_scrolled_out_from_under_the_button_on_a_phone()
    {
        var tab = await OpenAsync(new() { ViewportSize = new() { Width = 320, Height = 640 } });
        await VisitAsync(tab, $"/w/{Stage.Webhook(1)}/receiver?tool=python");
        var file = tab.Page.Locator(".file .code");

        // The longest line is taken for the first one, which the button is over.
        var gap = await file.EvaluateAsync<double>("""
            file => {
              const pre = file.querySelector('pre');
              pre.scrollLeft = pre.scrollWidth;
              const text = pre.querySelector('code').getBoundingClientRect();
              return file.querySelector('button').getBoundingClientRect().left - text.right;
            }
            """);

        Assert.True(gap >= 0, $"The button covers {-gap} pixels.");
    }

    [Fact]
    public async Task A_verdict_on_a_signature_is_gone_once_what_it_is_about_has_changed()
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"/w/{Stage.Webhook(1)}/receiver");
        await tab.Field("Headers, one on each line").FillAsync("webhook-id: msg_1");
        await tab.Field("Body, exactly as it came").FillAsync("{}");
        var verdict = tab.Page.Locator(".panel .note");
        await tab.Button("Check").ClickAsync();
        await Expect(verdict).ToBeVisibleAsync();

        await tab.Field("Body, exactly as it came").FillAsync("{ }");

        await Expect(verdict).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("Host: example.com\nWebhook-Id: msg_1\nWebhook-Timestamp: 17\nWebhook-Signature: v1,a/+= v1,b=\n")]
    [InlineData("""
        {
          "x-webhook-id": "another", "webhook-id": "msg_1",
          "webhook-timestamp": 17, "webhook-signature": ["v1,a/+= v1,b="]
        }
        """)]
    [InlineData("""{"webhook-id":"msg_1","webhook-signature":"v1,a/+= v1,b=","webhook-timestamp":17}""")]
    [InlineData("""
        {
          host: 'example.com',
          'webhook-id': 'msg_1',
          'webhook-timestamp': '17',
          'webhook-signature': 'v1,a/+= v1,b=',
        }
        """)]
    [InlineData("""
        curl https://example.com -H 'webhook-id: msg_1' -H "webhook-timestamp: 17" \
          -H 'webhook-signature: v1,a/+= v1,b=' \
          --data-binary '{}'
        """)]
    public async Task Headers_are_taken_as_lines_as_JSON_and_as_curl_has_them(string pasted)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, $"/w/{Stage.Webhook(1)}/receiver");
        await tab.Field("Headers, one on each line").FillAsync(pasted);

        var asked = await tab.Page.RunAndWaitForRequestAsync(
            () => tab.Button("Check").ClickAsync(), new Regex("/verify$"));

        var headers = asked.PostDataJSON()!.Value.GetProperty("headers").Deserialize<Dictionary<string, string>>()!
            .ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);
        Assert.Equal("msg_1", headers["webhook-id"]);
        Assert.Equal("17", headers["webhook-timestamp"]);
        Assert.Equal("v1,a/+= v1,b=", headers["webhook-signature"]);
    }

    [Fact]
    public async Task What_is_lost_with_a_webhook_is_counted_as_in_the_list_of_webhooks()
    {
        var tab = await OpenAsync();
        await tab.Page.RouteAsync(new Regex("/dead-letters/count[?]"), route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = $$"""
                {"matching":{{(route.Request.Url.Contains("queue=parked", StringComparison.Ordinal) ? 2 : 12)}},
                "indexedAt":"2026-04-15T09:30:00Z"}
                """,
        }));
        await VisitAsync(tab, $"/w/{Stage.Webhook(0)}/settings");

        await tab.Button("Delete this webhook…").ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("14 failed events");
    }

    Task VisitAsync(Tab tab, string route) => tab.VisitAsync(
        server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang=en&to={Uri.EscapeDataString(route)}");
}
