using System.Net;
using System.Text;
using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Events;
using Atrium.Functions.Signing;
using Atrium.Functions.Tests.Egress;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.TestWebhooks;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.TestWebhooks;

public sealed class TestWebhookTests : IAsyncLifetime
{
    TestApi _api = null!;

    public async Task InitializeAsync() => _api = await TestApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData(EventSelection.PreRegistered)]
    [InlineData(EventSelection.CheckedIn)]
    [InlineData(EventSelection.CheckedOut)]
    public async Task The_receiver_gets_a_sample_of_the_event_signed_and_marked(string eventName)
    {
        await _api.TestAsync(Wanted(eventName) with { Secret = Some.Secret.Reveal() });

        var request = _api.Receiver.Requests.Single();
        Assert.Equal("true", request.Headers["webhook-test"]);
        Assert.Equal("Atrium-Webhook/1", request.Headers["User-Agent"]);
        Assert.Equal(eventName, ((EventReading.Valid)EventReader.Read(request.Body)).EventType);
        Assert.Equal(SignatureCheck.Valid, StandardWebhooks.Verify(
            request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"],
            request.Body, [Some.Secret], _api.Time.GetUtcNow()));
        Assert.StartsWith("test_", request.Headers["webhook-id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_is_the_whole_exchange()
    {
        _api.Receiver.Answer = context =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Two"] = new(["a", "b"]);
            return context.Response.WriteAsync("thank you");
        };
        var answer = await _api.TestAsync(Wanted() with { Secret = Some.Secret.Reveal() });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.Json.GetProperty("succeeded").GetBoolean());
        var sent = _api.Receiver.Requests.Single();
        var request = answer.Json.GetProperty("request");
        Assert.Equal(("POST", _api.Receiver.Url), (Text(request, "method"), Text(request, "url")));
        Assert.Equal(Encoding.UTF8.GetString(sent.Body), Text(request, "body"));
        Assert.All(Headers(request), header => Assert.Equal(sent.Headers[header.Name], header.Value));
        Assert.Equal(
            ["Content-Type", "User-Agent", "Accept", "webhook-id", "webhook-timestamp", "webhook-signature",
                "webhook-test", "Content-Length"],
            Headers(request).Select(header => header.Name));
        var response = answer.Json.GetProperty("response");
        Assert.Equal(
            (201, "thank you", "text"),
            (response.GetProperty("status").GetInt32(), Text(response, "body"), Text(response, "bodyEncoding")));
        Assert.False(response.GetProperty("truncated").GetBoolean());
        Assert.Equal(
            ["a", "b"], Headers(response).Where(header => header.Name == "X-Two").Select(header => header.Value));
        Assert.Equal(
            ["dns", "connect", "tls", "firstByte", "total"], answer.Json.GetProperty("timings").EnumerateObject()
                .Select(timing => timing.Name));
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("errorClass").ValueKind);
        Assert.Contains("201", Text(answer.Json, "explanation"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_says_whether_the_request_went_out_twice()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            await connection.ReadRequestAsync();
        });

        var first = await _api.TestAsync(Wanted() with { Url = receiver.Url });
        var second = await _api.TestAsync(Wanted() with { Url = receiver.Url });

        Assert.Equal((false, true), (Resent(first), Resent(second)));
        Assert.Equal(3, receiver.Requests.Count);

        static bool Resent(HttpAnswer answer) => answer.Json.GetProperty("resent").GetBoolean();
    }

    [Fact]
    public async Task Neither_answer_nor_log_has_the_secret_or_the_url_and_no_table_or_vault_is_touched()
    {
        var answer = await _api.TestAsync(Wanted() with { Secret = Some.Secret.Reveal() });
        Assert.DoesNotContain(Some.Secret.Reveal()["whsec_".Length..], answer.Text, StringComparison.Ordinal);
        Assert.NotEmpty(_api.Log);
        Assert.All(_api.Log, line => Assert.DoesNotContain("/hook", line, StringComparison.Ordinal));
        Assert.Empty(_api.Tables.Calls);
        Assert.Equal(0, _api.Vault.Reads);
    }

    [Fact]
    public async Task A_failure_is_shown_with_what_to_do_and_not_tried_again()
    {
        _api.Receiver.Answer = context =>
        {
            context.Response.Redirect("https://example.com/new");
            return Task.CompletedTask;
        };
        var answer = await _api.TestAsync(Wanted());

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.GetProperty("succeeded").GetBoolean());
        Assert.Equal("http", Text(answer.Json, "errorClass"));
        Assert.StartsWith("302 to https://example.com: ", Text(answer.Json, "explanation"), StringComparison.Ordinal);
        Assert.Equal("https://example.com/new", Text(answer.Json.GetProperty("response"), "location"));
        Assert.Single(_api.Receiver.Requests);
    }

    [Fact]
    public async Task A_long_body_is_cut_at_a_character_and_says_so()
    {
        // Three bytes a character: 16 KB end within one.
        _api.Receiver.AnswerWith(200, new string('€', 6_000));
        var response = (await _api.TestAsync(Wanted())).Json.GetProperty("response");
        Assert.True(response.GetProperty("truncated").GetBoolean());
        Assert.Equal(
            ("text", new string('€', ExcerptReader.MaxLength / 3)),
            (Text(response, "bodyEncoding"), Text(response, "body")));
    }

    [Fact]
    public async Task A_body_that_is_no_text_is_shown_as_base64()
    {
        byte[] bytes = [0x1f, 0x8b, 0xff, 0x00];
        _api.Receiver.Answer = context => context.Response.Body.WriteAsync(bytes).AsTask();
        var response = (await _api.TestAsync(Wanted())).Json.GetProperty("response");
        Assert.Equal(
            ("base64", Convert.ToBase64String(bytes)), (Text(response, "bodyEncoding"), Text(response, "body")));
    }

    [Fact]
    public async Task What_a_name_resolves_to_inside_is_not_told()
    {
        var answer = await _api.TestAsync(new Wish("https://crm.example.com/hook", EventSelection.CheckedIn));
        Assert.Equal(
            ("blocked", JsonValueKind.Null),
            (Text(answer.Json, "errorClass"), answer.Json.GetProperty("response").ValueKind));
        Assert.DoesNotContain("10.0", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once_and_nothing_is_sent()
    {
        var answer = await _api.TestAsync(new { url = "https://10.0.0.4/", secret = "short", @event = "visitor.left" });
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["/url", "/event", "/secret"], Pointers(answer));
        Assert.Equal(["/event"], Pointers(await _api.TestAsync(new { url = _api.Receiver.Url })));
        Assert.Equal(["/urls"], Pointers(await _api.TestAsync(new { urls = _api.Receiver.Url })));
        Assert.Equal(["/secret"], Pointers(await _api.TestAsync("""{"secret":{"value":"c2VjcmV0"}}""")));
        Assert.Equal([""], Pointers(await _api.TestAsync("[]")));
        Assert.Equal([""], Pointers(await _api.TestAsync("{")));
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.TestAsync(Wanted(), "a b")).Status);
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await _api.TestAsync(new string(' ', TestWebhookFunction.MaxBytes + 1))).Status);
        Assert.Empty(_api.Receiver.Requests);
    }

    [Fact]
    public async Task A_saved_subscription_is_tested_with_its_url_and_secret_whatever_it_takes()
    {
        await _api.SubscribeAsync(Some.Secret);
        var answer = await _api.TestStoredAsync(new { @event = EventSelection.CheckedOut });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var request = _api.Receiver.Requests.Single();
        Assert.Equal(EventSamples.CheckedOut, Encoding.UTF8.GetString(request.Body));
        Assert.Equal("true", request.Headers["webhook-test"]);
        Assert.Equal(SignatureCheck.Valid, StandardWebhooks.Verify(
            request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"],
            request.Body, [Some.Secret], _api.Time.GetUtcNow()));
        Assert.DoesNotContain(_api.Tables.Created, name => name.StartsWith("Attempts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Custom_headers_are_sent_before_and_after_saving_and_their_values_are_hidden()
    {
        await _api.SubscribeAsync(headers: new() { ["X-Api-Key"] = "s3cr3t-v4lue" });
        var stored = await _api.TestStoredAsync(new { @event = EventSelection.CheckedIn });
        var unsaved = await _api.TestAsync(
            new
            {
                url = _api.Receiver.Url,
                @event = EventSelection.CheckedIn,
                headers = new Dictionary<string, string> { ["X-Api-Key"] = "s3cr3t-v4lue" }
            });

        Assert.All(_api.Receiver.Requests, request => Assert.Equal("s3cr3t-v4lue", request.Headers["X-Api-Key"]));
        Assert.Equal(2, _api.Receiver.Requests.Count);
        Assert.All([stored, unsaved], answer =>
        {
            var shown = answer.Json.GetProperty("request").GetProperty("headers").EnumerateArray()
                .Single(header => Text(header, "name") == "X-Api-Key");
            Assert.Equal("***", Text(shown, "value"));
            Assert.DoesNotContain("s3cr3t", answer.Text, StringComparison.Ordinal);
        });
        Assert.Equal(["/headers/Host"], Pointers(await _api.TestAsync(
            new
            {
                url = _api.Receiver.Url,
                @event = EventSelection.CheckedIn,
                headers = new { Host = "s3cr3t-v4lue" }
            })));
    }

    [Fact]
    public async Task What_an_endpoint_echoes_of_custom_headers_is_hidden()
    {
        const string value = "Bearer s3cr3t/v4lue+\"q\"";
        // The body is cut within the last value, at each of its characters.
        for (var kept = 0; kept < 40; kept++)
        {
            _api.Receiver.Answer = async context =>
            {
                var sent = context.Request.Headers.Authorization.ToString();
                context.Response.StatusCode = 307;
                context.Response.Headers["X-Echo"] = sent;
                context.Response.Headers.Location = "/other?of=" + Uri.EscapeDataString(sent);
                var text = Encoding.UTF8.GetBytes(
                    $"plain {sent} token {sent["Bearer ".Length..]} json {JsonSerializer.Serialize(sent)} é ");
                await context.Response.Body.WriteAsync(text);
                await context.Response.WriteAsync(
                    new string('x', ExcerptReader.MaxLength - text.Length - kept) + sent + sent);
            };
            var answer = await _api.TestAsync(
                new
                {
                    url = _api.Receiver.Url,
                    @event = EventSelection.CheckedIn,
                    headers = new { Authorization = value }
                }, tenant: $"t{kept}");
            Assert.DoesNotContain("s3cr3t", answer.Text, StringComparison.Ordinal);
            Assert.Contains(
                "plain *** token *** json", Text(answer.Json.GetProperty("response"), "body"),
                StringComparison.Ordinal);
            Assert.Contains("é", Text(answer.Json.GetProperty("response"), "body"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task During_an_overlap_a_test_is_signed_with_both_secrets()
    {
        await _api.SubscribeAsync(Some.Secret, earlier: Some.OtherSecret);
        await _api.TestStoredAsync(new { @event = EventSelection.CheckedIn });
        var request = _api.Receiver.Requests.Single();
        foreach (var secret in new[] { Some.Secret, Some.OtherSecret })
        {
            Assert.Equal(SignatureCheck.Valid, StandardWebhooks.Verify(
                request.Headers["webhook-id"], request.Headers["webhook-timestamp"],
                request.Headers["webhook-signature"], request.Body, [secret], _api.Time.GetUtcNow()));
        }
    }

    [Fact]
    public async Task A_saved_subscription_without_a_secret_is_tested_unsigned_and_one_with_an_unreadable_secret_not()
    {
        await _api.SubscribeAsync();
        await _api.TestStoredAsync(new { @event = EventSelection.CheckedIn });
        Assert.DoesNotContain("webhook-signature", _api.Receiver.Requests.Single().Headers.Keys);

        await _api.Store.RemoveAsync(Some.Tenant, Some.SubscriptionId, default);
        await _api.SubscribeAsync(Some.Secret);
        _api.Vault.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<Azure.RequestFailedException>(
            () => _api.TestStoredAsync(new { @event = EventSelection.CheckedIn }));
        Assert.Single(_api.Receiver.Requests);
    }

    [Fact]
    public async Task Nobody_tests_a_subscription_that_is_not_theirs()
    {
        await _api.SubscribeAsync();
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _api.TestStoredAsync(new { @event = EventSelection.CheckedIn }, tenant: "other")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _api.TestStoredAsync(
            new { @event = EventSelection.CheckedIn }, id: "sub_11111111111111111111")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _api.TestStoredAsync(new { @event = EventSelection.CheckedIn }, id: "x")).Status);
        Assert.Equal(["/event"], Pointers(await _api.TestStoredAsync(new { })));
        Assert.Empty(_api.Receiver.Requests);
    }

    [Fact]
    public async Task The_test_after_twenty_within_a_minute_is_told_to_wait_and_other_tenants_are_not()
    {
        for (var number = 0; number < TestGate.MaxPerWindow; number++)
        {
            Assert.Equal(HttpStatusCode.OK, (await _api.TestAsync(Wanted())).Status);
        }

        _api.Time.Advance(TimeSpan.FromSeconds(15));
        var refused = await _api.TestAsync(Wanted());
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, "application/problem+json", "45"),
            (refused.Status, refused.ContentType, refused.RetryAfter));
        Assert.Equal(TestGate.MaxPerWindow, _api.Receiver.Requests.Count);
        Assert.Equal(HttpStatusCode.OK, (await _api.TestAsync(Wanted(), "other")).Status);
        _api.Time.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(HttpStatusCode.OK, (await _api.TestAsync(Wanted())).Status);
    }

    [Fact]
    public async Task A_url_of_this_machine_is_refused_where_the_settings_do_not_allow_it()
    {
        await using var api = await TestApi.StartAsync(allowLoopback: false);
        Assert.Equal(["/url"], Pointers(await api.TestAsync(new Wish(api.Receiver.Url, EventSelection.CheckedIn))));

        // Saved when they did.
        await api.SubscribeAsync();
        var answer = await api.TestStoredAsync(new { @event = EventSelection.CheckedIn });
        Assert.Equal((HttpStatusCode.OK, "blocked"), (answer.Status, Text(answer.Json, "errorClass")));
        Assert.Empty(api.Receiver.Requests);
    }

    Wish Wanted(string eventName = EventSelection.CheckedIn) => new(_api.Receiver.Url, eventName);

    static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    static IEnumerable<(string Name, string Value)> Headers(JsonElement message) =>
        message.GetProperty("headers").EnumerateArray()
            .Select(header => (Text(header, "name")!, Text(header, "value")!));

    static IEnumerable<string?> Pointers(HttpAnswer answer) =>
        answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString());

    sealed record Wish(
        [property: System.Text.Json.Serialization.JsonPropertyName("url")] string Url,
        [property: System.Text.Json.Serialization.JsonPropertyName("event")] string Event)
    {
        [System.Text.Json.Serialization.JsonPropertyName("secret")]
        public string? Secret { get; init; }
    }
}
