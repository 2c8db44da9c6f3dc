using System.Net;
using System.Text;
using System.Text.Json;
using Atrium.Functions.Events;
using Atrium.Functions.Signing;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.TestWebhooks;
using CsCheck;

namespace Atrium.Functions.Tests.TestWebhooks;

public sealed class VerifyTests : IAsyncLifetime
{
    const string Id = "msg_0123456789abcdef0123456789abcdef";
    const string Published = """{ "event": "visitor.checked_in", "name": "Zoë \/ <山田>", "n": 7.10, "list": [1,  2] }""";

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    TestApi _api = null!;

    public async Task InitializeAsync() => _api = await TestApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_request_as_it_was_sent_is_valid_by_secret_and_by_subscription()
    {
        Assert.True(Valid(await _api.VerifyAsync(Request(Published))));
        await _api.SubscribeAsync(Some.Secret);
        Assert.True(
            Valid(await _api.VerifyAsync(
            new { headers = Headers(Published), body = Published, subscriptionId = Some.SubscriptionId })));
        var bytes = Convert.ToBase64String(Encoding.UTF8.GetBytes(Published));
        Assert.True(
            Valid(await _api.VerifyAsync(
            new { headers = Headers(Published), bodyBase64 = bytes, secret = Some.Secret.Reveal() })));
    }

    [Fact]
    public async Task During_an_overlap_what_the_earlier_secret_signed_is_valid_and_after_it_no_more()
    {
        var wanted = new { headers = Headers(Published), body = Published, subscriptionId = Some.SubscriptionId };
        await _api.SubscribeAsync(Some.OtherSecret, earlier: Some.Secret);
        Assert.True(Valid(await _api.VerifyAsync(wanted)));
        _api.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("clock", (await _api.VerifyAsync(wanted)).Json.GetProperty("failedStep").GetString());
        Assert.Contains("does not fit either", (await _api.VerifyAsync(wanted)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_are_found_in_any_case_and_others_are_ignored()
    {
        var headers = Headers(Published).ToDictionary(header => header.Key.ToUpperInvariant(), header => header.Value);
        headers["Host"] = "example.com";
        Assert.True(Valid(await _api.VerifyAsync(new { headers, body = Published, secret = Some.Secret.Reveal() })));
    }

    [Theory]
    [InlineData("webhook-id", null, "headers", "webhook-id")]
    [InlineData("webhook-timestamp", null, "headers", "webhook-timestamp")]
    [InlineData("webhook-signature", "", "headers", "webhook-signature")]
    [InlineData("webhook-timestamp", "2026-04-15T09:30:00Z", "timestamp", "1970")]
    [InlineData("webhook-timestamp", "-5", "timestamp", "1970")]
    [InlineData("webhook-signature", "v2,abc v1a,abc", "version", "v1,")]
    [InlineData("webhook-signature", "v1,AAAA", "secret", "whsec_")]
    [InlineData("webhook-id", "msg_2", "secret", "id")]
    public async Task The_step_that_fails_is_named_with_what_to_do(
        string header, string? value, string step, string says)
    {
        var headers = Headers(Published);
        headers.Remove(header);
        if (value is not null)
        {
            headers[header] = value;
        }

        var answer = await _api.VerifyAsync(new { headers, body = Published, secret = Some.Secret.Reveal() });
        AssertFails(answer, step, says);
    }

    [Theory]
    [InlineData(301, "before", "fits")]
    [InlineData(-301, "after", "fits")]
    public async Task A_clock_that_is_off_is_told_with_how_much_and_whether_the_rest_is_right(
        int late, string says, string fits)
    {
        var headers = Headers(Published, Some.Time.AddSeconds(-late));
        AssertFails(
            await _api.VerifyAsync(new { headers, body = Published, secret = Some.Secret.Reveal() }), "clock", "301 s",
            says, fits);
        AssertFails(
            await _api.VerifyAsync(new { headers, body = Published + "x", secret = Some.Secret.Reveal() }), "clock",
            "does not fit either");
    }

    [Theory]
    [InlineData("1776245400000")]
    [InlineData("253402300800")]
    [InlineData("9223372036854775807")]
    public async Task A_timestamp_beyond_all_calendars_is_a_clock_that_is_off(string timestamp)
    {
        var headers = Headers(Published);
        headers["webhook-timestamp"] = timestamp;
        AssertFails(
            await _api.VerifyAsync(new { headers, body = Published, secret = Some.Secret.Reveal() }), "clock", "after",
            "milliseconds");
    }

    [Fact]
    public async Task Another_secret_is_told_as_such() =>
        AssertFails(
            await _api.VerifyAsync(
            new { headers = Headers(Published), body = Published, secret = Some.OtherSecret.Reveal() }), "secret",
            "copy it again");

    [Theory]
    [InlineData("{\"a\":1}", "{\"a\":1}\n", "line break")]
    [InlineData("{\"a\":1}\n", "{\"a\":1}", "line break")]
    [InlineData("{\"a\":1}\r\n", "{\"a\":1}", "line break")]
    [InlineData("{\"a\":1}", "\ufeff{\"a\":1}", "white space")]
    [InlineData("{\n\"a\":1\n}", "{\r\n\"a\":1\r\n}", "CRLF")]
    [InlineData("{\n\"a\":1\n}", "{\r\n\"a\":1\r\n}\r\n", "CRLF")]
    [InlineData("{\r\n\"a\":1\r\n}", "{\n\"a\":1\n}", "LF")]
    [InlineData("{\"a\":7.10}", "{ \"a\": 7.10 }", "parsed and written")]
    [InlineData("{\"a\":\"Zoë <山田>\"}", "{\"a\": \"Zo\\u00eb \\u003c\\u5c71\\u7530\\u003e\"}", "parsed and written")]
    [InlineData("{\n  \"a\": [\n    1,\n    2\n  ]\n}", "{\"a\":[1,2]}", "parsed and written")]
    [InlineData("{\"a\":\"Zoë\"}", "{\"a\":\"ZoÃ«\"}", "Latin-1")]
    public async Task A_body_that_was_reserialised_is_told_as_such_and_how(
        string original, string received, string says) =>
        AssertFails(
            await _api.VerifyAsync(
                new { headers = Headers(original), body = received, secret = Some.Secret.Reveal() }), "body",
                "re-serialised", says, "raw bytes");

    [Fact]
    public async Task A_sample_that_was_parsed_and_printed_is_recognised()
    {
        foreach (var sample in EventSamples.All)
        {
            var printed = JsonSerializer.Serialize(JsonDocument.Parse(sample).RootElement, Indented);
            AssertFails(
                await _api.VerifyAsync(
                new { headers = Headers(sample), body = printed, secret = Some.Secret.Reveal() }), "body",
                "parsed and written");
        }
    }

    [Fact]
    public void Whatever_the_bytes_are_the_forms_are_made_without_a_fault() =>
        Gen.Byte.Array[0, 60]
            .Sample(bytes => Assert.All(Reserialisation.FormsOf(bytes).ToList(), form => Assert.NotNull(form.Bytes)));

    [Fact]
    public async Task What_cannot_be_verified_is_told_field_by_field()
    {
        Assert.Equal(["/headers", "/body", "/secret"], Pointers(await _api.VerifyAsync(new { })));
        var headers = Headers(Published);
        Assert.Equal(
            ["/body", "/secret"],
            Pointers(
            await _api.VerifyAsync(new { headers, body = "", bodyBase64 = "", secret = "x", subscriptionId = "x" })));
        Assert.Equal(
            ["/bodyBase64", "/secret"],
            Pointers(await _api.VerifyAsync(new { headers, bodyBase64 = "?", secret = "x" })));
        Assert.Equal(
            ["/headers"],
            Pointers(
            await _api.VerifyAsync(
            """{"headers":{"webhook-id":null},"body":"","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""")));
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.VerifyAsync(Request(Published), "a b")).Status);
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await _api.VerifyAsync(new string(' ', VerifyFunction.MaxBytes + 1))).Status);
    }

    [Theory]
    [InlineData("webhook-id")]
    [InlineData("Webhook-Timestamp")]
    [InlineData("webhook-signature")]
    public async Task A_value_longer_than_any_that_atrium_sends_is_refused_before_it_is_verified(string header)
    {
        var headers = Headers(Published);
        headers["x-forwarded-by"] = new string('a', 2 * VerifyFunction.MaxValueLength);
        headers.Remove(header.ToLowerInvariant());
        headers[header] = new string('1', VerifyFunction.MaxValueLength);
        var wanted = new { headers, body = Published, secret = Some.Secret.Reveal() };
        Assert.Equal(HttpStatusCode.OK, (await _api.VerifyAsync(wanted)).Status);

        headers[header] = string.Concat(Enumerable.Repeat("v1,a ", 90_000));
        var answer = await _api.VerifyAsync(wanted);
        Assert.Equal([$"/headers/{header}"], Pointers(answer));
        Assert.Contains("\"invalid_length\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_headers_than_a_web_server_takes_are_refused()
    {
        var headers = Headers(Published);
        for (var number = headers.Count; number < VerifyFunction.MaxHeaders; number++)
        {
            headers[$"x-{number}"] = "";
        }

        var wanted = new { headers, body = Published, secret = Some.Secret.Reveal() };
        Assert.True(Valid(await _api.VerifyAsync(wanted)));
        headers["x-more"] = "";
        Assert.Equal(["/headers"], Pointers(await _api.VerifyAsync(wanted)));
    }

    // Once for each of the dozens of forms, they took gigabytes.
    [Fact]
    public void The_signatures_are_read_once_however_many_forms_the_body_has()
    {
        var few = AllocatedWith("v1,a");
        var many = AllocatedWith(string.Concat(Enumerable.Repeat("v1,a ", 10_000)));
        Assert.InRange(many - few, 0, 10_000_000);

        static long AllocatedWith(string signatures)
        {
            var headers = Headers(Published);
            headers["webhook-signature"] = signatures;
            var body = Encoding.UTF8.GetBytes(Published);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(
                "secret", Verification.Verify(headers, body, [Some.Secret], Some.Time, default).FailedStep);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void A_client_that_goes_away_ends_the_search()
    {
        using var gone = new CancellationTokenSource();
        gone.Cancel();
        Assert.Throws<OperationCanceledException>(() => Verification.Verify(
            Headers(Published), Encoding.UTF8.GetBytes(Published + "x"), [Some.Secret], Some.Time, gone.Token));
    }

    [Fact]
    public async Task Nobody_verifies_with_the_secret_of_another_tenant()
    {
        await _api.SubscribeAsync(Some.Secret);
        var wanted = new { headers = Headers(Published), body = Published, subscriptionId = Some.SubscriptionId };
        Assert.Equal(HttpStatusCode.NotFound, (await _api.VerifyAsync(wanted, "other")).Status);
        Assert.Equal(0, _api.Vault.Reads);
    }

    [Fact]
    public async Task A_subscription_without_a_secret_cannot_be_verified_with()
    {
        await _api.SubscribeAsync();
        Assert.Equal(
            ["/subscriptionId"],
            Pointers(
            await _api.VerifyAsync(
            new { headers = Headers(Published), body = Published, subscriptionId = Some.SubscriptionId })));
    }

    static object Request(string body) => new { headers = Headers(body), body, secret = Some.Secret.Reveal() };

    static Dictionary<string, string> Headers(string original, DateTimeOffset? at = null)
    {
        var timestamp = (at ?? Some.Time).ToUnixTimeSeconds();
        return new()
        {
            ["webhook-id"] = Id,
            ["webhook-timestamp"] = $"{timestamp}",
            ["webhook-signature"] = StandardWebhooks.Sign(
                Id, timestamp, Encoding.UTF8.GetBytes(original), [Some.Secret]),
        };
    }

    static bool Valid(HttpAnswer answer) =>
        answer.Status == HttpStatusCode.OK && answer.Json.GetProperty("valid").GetBoolean();

    static void AssertFails(HttpAnswer answer, string step, params string[] says)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.GetProperty("valid").GetBoolean());
        Assert.Equal(step, answer.Json.GetProperty("failedStep").GetString());
        Assert.All(
            says, text => Assert.Contains(
            text, answer.Json.GetProperty("explanation").GetString(), StringComparison.Ordinal));
        Assert.DoesNotContain(Some.Secret.Reveal()["whsec_".Length..], answer.Text, StringComparison.Ordinal);
    }

    static IEnumerable<string?> Pointers(HttpAnswer answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        return answer.Json.GetProperty("errors").EnumerateArray()
            .Select(error => error.GetProperty("pointer").GetString());
    }
}
