using System.Diagnostics;
using Atrium.Functions.Egress;
using Atrium.Functions.Signing;

namespace Atrium.Functions.Tests.Egress;

public sealed class EgressClientAnswerTests
{
    const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [Fact]
    public async Task Sends_the_contract_s_headers_and_the_bytes_as_they_are()
    {
        await using var receiver = RawReceiver.Answering(NoContent);
        using var rig = new EgressRig();
        var body = "{\"name\" : \"Zoë\\u00e9 \",\"n\":1.50}\n"u8.ToArray();

        SigningSecret[] secrets = [SigningSecret.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").Secret!];

        await rig.SendAsync(new OutgoingRequest(receiver.Url, "msg_1", 1_776_245_400, body) { Secrets = secrets });

        var request = Assert.Single(receiver.Requests);
        Assert.Equal("POST /hook?key=s3cret HTTP/1.1", request.RequestLine);
        Assert.Equal(body, request.Body);
        Assert.Equal(
            [
                ("accept", "*/*"),
                ("content-length", $"{body.Length}"),
                ("content-type", "application/json"),
                ("host", $"127.0.0.1:{receiver.Port}"),
                ("user-agent", "Atrium-Webhook/1"),
                ("webhook-id", "msg_1"),
                ("webhook-signature", StandardWebhooks.Sign("msg_1", 1_776_245_400, body, secrets)),
                ("webhook-timestamp", "1776245400"),
            ],
            request.Headers.Select(h => (h.Key.ToLowerInvariant(), h.Value)).Order());
    }

    [Fact]
    public async Task Sends_no_signature_header_without_a_signature_and_marks_a_test()
    {
        await using var receiver = RawReceiver.Answering(NoContent);
        using var rig = new EgressRig();

        await rig.SendAsync(new OutgoingRequest(receiver.Url, "msg_1", 1, "{}"u8.ToArray()) { IsTest = true });

        var request = Assert.Single(receiver.Requests);
        Assert.Null(request.Header("webhook-signature"));
        Assert.Equal("true", request.Header("webhook-test"));
    }

    [Fact]
    public async Task Leaves_what_it_accepts_to_the_customer_where_the_customer_says_it()
    {
        await using var receiver = RawReceiver.Answering(NoContent);
        using var rig = new EgressRig();

        await rig.SendAsync(new OutgoingRequest(receiver.Url, "msg_1", 1, "{}"u8.ToArray())
        {
            CustomHeaders = new Dictionary<string, string> { ["accept"] = "application/json" },
        });

        Assert.Equal("application/json", Assert.Single(receiver.Requests).Header("Accept"));
    }

    [Fact]
    public async Task Sends_no_trace_context()
    {
        await using var receiver = RawReceiver.Answering(NoContent);
        using var rig = new EgressRig();
        using var activity = new Activity("delivery").SetIdFormat(ActivityIdFormat.W3C).AddBaggage("visitor", "jane")
            .Start();

        await rig.SendAsync(receiver.Url);

        var names = Assert.Single(receiver.Requests).Headers.Select(h => h.Key.ToLowerInvariant()).ToArray();
        Assert.DoesNotContain("traceparent", names);
        Assert.DoesNotContain("tracestate", names);
        Assert.DoesNotContain("baggage", names);
        Assert.DoesNotContain("correlation-context", names);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(299)]
    public async Task Counts_every_2xx_as_delivered(int status)
    {
        var exchange = await AnsweredAsync($"HTTP/1.1 {status} Fine\r\nContent-Length: 0\r\n\r\n");

        Assert.True(exchange.Succeeded);
        Assert.Equal(status, exchange.Status);
        Assert.Null(exchange.Error);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(304)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(410)]
    [InlineData(413)]
    [InlineData(415)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(999)]
    public async Task Counts_everything_else_as_failed_and_says_what_to_do(int status)
    {
        var exchange = await AnsweredAsync($"HTTP/1.1 {status} Well\r\nContent-Length: 0\r\n\r\n");

        Assert.False(exchange.Succeeded);
        Assert.Equal(status, exchange.Status);
        Assert.Equal(ErrorClass.Http, exchange.Error);
        Assert.StartsWith($"{status}: ", exchange.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "Invalid signature", true)]
    [InlineData(401, """{"error":"No matching signature found"}""", true)]
    [InlineData(403, "SIGNATURE MISMATCH", true)]
    [InlineData(422, "signature", true)]
    [InlineData(500, "WebhookVerificationError: No matching signature found\n    at Webhook.verify", true)]
    [InlineData(401, "Unauthorized", false)]
    [InlineData(500, "Internal Server Error", false)]
    [InlineData(404, "No page about signatures", false)]
    [InlineData(200, "signature verified", false)]
    public async Task Says_when_the_answer_speaks_of_the_signature(int status, string body, bool said)
    {
        var exchange = await AnsweredAsync($"HTTP/1.1 {status} Well\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.Equal(
            said, exchange.Explanation.Contains("the answer speaks of the signature", StringComparison.Ordinal));
        Assert.Equal(said ? FailureCause.Signature : null, exchange.Cause);
    }

    [Theory]
    [InlineData(301, "https://www.example.com/hook?a=1", "https://www.example.com/hook?a=1", "https://www.example.com")]
    [InlineData(302, "http://169.254.169.254/metadata/identity", "http://169.254.169.254/metadata/identity",
        "http://169.254.169.254")]
    [InlineData(303, "http://168.63.129.16/machine", "http://168.63.129.16/machine", "http://168.63.129.16")]
    [InlineData(307, "/moved", "http://127.0.0.1:{port}/moved", "http://127.0.0.1:{port}")]
    [InlineData(308, "//[::1]/x", "http://[::1]/x", "http://[::1]")]
    [InlineData(302, "https://jane:s3cret@example.com:8443/#s3cret", "https://jane:s3cret@example.com:8443/#s3cret",
        "https://example.com:8443")]
    public async Task Follows_no_redirect_shows_where_it_leads_and_says_no_more_than_the_origin(
        int status, string target, string shown, string origin)
    {
        await using var receiver = RawReceiver.Answering(
            $"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(receiver.Url);

        shown = shown.Replace("{port}", $"{receiver.Port}", StringComparison.Ordinal);
        Assert.Single(receiver.Requests);
        Assert.Equal((status, ErrorClass.Http, shown), (exchange.Status, exchange.Error, exchange.Location));
        origin = origin.Replace("{port}", $"{receiver.Port}", StringComparison.Ordinal);
        Assert.StartsWith($"{status} to {origin}: ", exchange.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_whose_target_is_too_long_to_show_is_still_said_to_lead_to_its_origin()
    {
        var path = $"/saml?SAMLRequest={new string('a', EndpointUrl.MaxLength)}";
        // Not too long before it is made a URL.
        var umlauts = new string('ü', EndpointUrl.MaxLength / 3);

        Assert.All(
            [
                await AnsweredAsync(Moved($"https://login.example.com{path}")),
                await AnsweredAsync(Moved($"https://login.example.com/{umlauts}")),
            ],
            exchange => Assert.Equal(
                (302, null, null,
                    "302 to https://login.example.com: redirects are not followed. The whole target is too long for "
                    + "the URL of a webhook. Use the URL that answers itself."),
                (exchange.Status, exchange.Location, exchange.Cause, exchange.Explanation)));
        Assert.Equal(
            FailureCause.RedirectWithoutTarget, (await AnsweredAsync(Moved($"mailto:{path}"))).Cause);
        // A name of that length is none.
        Assert.Equal(
            FailureCause.RedirectWithoutTarget,
            (await AnsweredAsync(Moved($"https://{new string('a', EndpointUrl.MaxLength)}/"))).Cause);

        static string Moved(string target) =>
            $"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n";
    }

    [Theory]
    [InlineData("000")]
    [InlineData("001")]
    [InlineData("099")]
    public async Task A_status_below_100_is_no_answer_in_HTTP(string status)
    {
        var exchange = await AnsweredAsync($"HTTP/1.1 {status} Well\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(
            (null, ErrorClass.Http, FailureCause.NotHttp, Explanation.NotHttp("127.0.0.1")),
            (exchange.Status, exchange.Error, exchange.Cause, exchange.Explanation));
    }

    [Theory]
    [InlineData("Retry-After: 120\r\n", 120)]
    [InlineData("Retry-After: Sat, 01 Jan 2000 00:01:30 GMT\r\n", 90)]
    [InlineData("Retry-After: Fri, 31 Dec 1999 00:00:00 GMT\r\n", 0)]
    [InlineData("Retry-After: soon\r\n", null)]
    [InlineData("", null)]
    public async Task Reads_Retry_After_in_both_forms(string header, int? seconds)
    {
        // The clock of the rig stands at the beginning of the year 2000.
        var exchange = await AnsweredAsync($"HTTP/1.1 429 Slow down\r\n{header}Content-Length: 0\r\n\r\n");

        Assert.Equal(seconds, (int?)exchange.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Keeps_headers_and_body()
    {
        var exchange = await AnsweredAsync(
            "HTTP/1.1 400 No\r\nX-Correlation: abc\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nno such ü");

        Assert.Equal("abc", exchange.Headers.Single(h => h.Key == "X-Correlation").Value);
        Assert.Equal("text/plain", exchange.Headers.Single(h => h.Key == "Content-Type").Value);
        // The receiver writes Latin-1.
        Assert.Equal("no such ü"u8.ToArray(), exchange.Body.Bytes.ToArray());
        Assert.False(exchange.Body.Truncated);
    }

    [Fact]
    public async Task Keeps_the_first_50_headers_and_1024_characters_of_each()
    {
        var headers = string.Concat(Enumerable.Range(0, 60).Select(i => $"X-{i}: {i}\r\n"));
        var exchange = await AnsweredAsync(
            $"HTTP/1.1 200 OK\r\nX-Long: {new string('a', 5000)}\r\n{headers}Content-Length: 0\r\n\r\n");

        Assert.Equal(50, exchange.Headers.Count);
        Assert.Equal(1024, exchange.Headers.Single(h => h.Key == "X-Long").Value.Length);
    }

    [Fact]
    public async Task Keeps_no_cookies()
    {
        await using var receiver = RawReceiver.Answering(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        await rig.SendAsync(receiver.Url);

        Assert.Equal([null, null], receiver.Requests.Select(r => r.Header("Cookie")));
    }

    [Fact]
    public async Task Says_nothing_of_the_body_in_its_own_text()
    {
        var exchange = await AnsweredAsync(
            "HTTP/1.1 302 Found\r\nLocation: /?key=s3cret\r\nContent-Length: 6\r\n\r\ns3cret");

        Assert.Equal("302 http", exchange.ToString());
        Assert.DoesNotContain("msg_1", EgressRig.Request("https://example.com/").ToString(), StringComparison.Ordinal);
    }

    static async Task<Exchange> AnsweredAsync(string answer)
    {
        await using var receiver = RawReceiver.Answering(answer);
        using var rig = new EgressRig();
        return await rig.SendAsync(receiver.Url);
    }
}
