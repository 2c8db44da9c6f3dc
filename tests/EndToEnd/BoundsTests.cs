using System.Net;
using System.Text;

namespace Atrium.EndToEnd;

/// <summary>The numbers that are promised to whoever calls: each at its edge, and one beyond.</summary>
[Collection(nameof(DefaultApp))]
public sealed class BoundsTests(DefaultApp started) : IAsyncLifetime
{
    const string Url = "https://crm.example.com/";

    static readonly string[] All = ["*"];

    readonly RunningApp _app = started.Share();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public async Task A_secret_has_24_to_64_bytes(int bytes, bool taken)
    {
        var secret = $"whsec_{Convert.ToBase64String(Enumerable.Repeat((byte)7, bytes).ToArray())}";
        AssertCreated(await CreateAsync(new { url = Url, events = All, secret }), taken, "/secret");

        var made = await CreateAsync(new { url = Url, events = All });
        AssertTaken(await RotateAsync(made, new { secret }), taken, "/secret");
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(168, true)]
    [InlineData(169, false)]
    public async Task An_overlap_has_0_to_168_hours(int hours, bool taken)
    {
        var made = await CreateAsync(new { url = Url, events = All, generateSecret = true });
        var rotated = await RotateAsync(made, new { overlapHours = hours });

        AssertTaken(rotated, taken, "/overlapHours");
        if (taken)
        {
            AssertSignsFor(rotated, hours);
        }
    }

    [Fact]
    public async Task An_overlap_has_24_hours_when_the_request_does_not_say()
    {
        var made = await CreateAsync(new { url = Url, events = All, generateSecret = true });

        AssertSignsFor(await RotateAsync(made, new { }), 24);
    }

    [Theory]
    [InlineData("https://crm.example.com/", null)]
    [InlineData("https://crm.example.com:443/", null)]
    [InlineData("https://crm.example.com:8443/", null)]
    [InlineData("https://crm.example.com:444/", "443 or 8443")]
    [InlineData("https://crm.example.com:80/", "443 or 8443")]
    [InlineData("http://crm.example.com/", "https://")]
    [InlineData("https://169.254.169.254/", "169.254.0.0/16 (link-local and instance metadata)")]
    [InlineData("https://168.63.129.16/", "168.63.129.16/32 (Azure platform)")]
    [InlineData("https://10.0.0.4/", "10.0.0.0/8 (private)")]
    [InlineData("https://[::ffff:10.0.0.4]/", "10.0.0.0/8 (private)")]
    [InlineData("https://[fd00::1]/", "outside 2000::/3 (not global unicast)")]
    public async Task A_url_leads_to_a_public_https_address_and_a_refusal_names_the_rule(string url, string? rule)
    {
        var answer = await CreateAsync(new { url, events = All });

        AssertCreated(answer, rule is null, "/url");
        if (rule is not null)
        {
            Assert.Contains(
                rule, answer.Json.GetProperty("errors")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public async Task A_url_has_up_to_2048_characters(int length, bool taken) =>
        AssertCreated(
            await CreateAsync(new { url = Url + new string('a', length - Url.Length), events = All }), taken, "/url");

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task A_name_has_up_to_100_characters(int length, bool taken) =>
        AssertCreated(
            await CreateAsync(new { name = new string('n', length), url = Url, events = All }), taken, "/name");

    [Theory]
    [InlineData(10, 64, 1024, null)]
    [InlineData(11, 64, 1024, "/headers")]
    [InlineData(1, 65, 1, "/headers")]
    [InlineData(1, 1, 1025, "/headers/0")]
    [InlineData(1, 1, 0, "/headers/0")]
    public async Task There_are_up_to_10_headers_with_names_of_64_and_values_of_1024_characters(
        int count, int name, int value, string? field)
    {
        var headers = Enumerable.Range(0, count)
            .ToDictionary(number => $"{number}".PadRight(name, 'x'), _ => new string('v', value));

        AssertCreated(await CreateAsync(new { url = Url, events = All, headers }), field is null, field ?? "");
    }

    [Fact]
    public async Task A_body_of_forty_megabytes_that_does_not_tell_its_length_is_too_large_like_any_other()
    {
        HttpResponseMessage? answered = null;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                answered = await _app.PersistAsync(() => new(
                    HttpMethod.Post, new Uri($"api/events?tenant={_app.Tenant}", UriKind.Relative))
                {
                    Headers = { TransferEncodingChunked = true },
                    Content = new ByteArrayContent(new byte[40_000_000])
                    {
                        Headers = { ContentType = new("application/json") },
                    },
                });
                return true;
            }
            catch (HttpRequestException)
            {
                // What it has refused it reads for some seconds only, and a busy machine may not have sent all by then.
                return false;
            }
        });
        using var answer = answered!;

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", _app.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subscriptions")]
    [InlineData("jobs")]
    [InlineData("dead-letters")]
    [InlineData("subscriptions/{id}/attempts")]
    public async Task A_page_has_1_to_100_items_and_what_is_no_parameter_of_the_list_is_refused(string list)
    {
        var id = (await CreateAsync(new { url = Url, events = All })).Json.GetProperty("id").GetString();
        var path = $"api/tenants/{_app.Tenant}/{list.Replace("{id}", id, StringComparison.Ordinal)}";
        foreach (var (query, parameter) in new[]
        {
            ("", null), ("?limit=1", null), ("?limit=100", null),
            ("?limit=0", "limit"), ("?limit=101", "limit"), ("?limit=-1", "limit"), ("?limit=", "limit"),
            ("?cursor=x", "cursor"), ("?page=2", "page"),
        })
        {
            AssertTaken(await _app.SendAsync(HttpMethod.Get, path + query), parameter is null, parameter ?? "");
        }
    }

    [Theory]
    [InlineData(16_384, false)]
    [InlineData(16_385, true)]
    [InlineData(20 * 1024, true)]
    public async Task Of_a_receivers_answer_16_kilobytes_are_kept(int bytes, bool truncated)
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, _) => 200;
        receiver.Body = Encoding.ASCII.GetBytes(new string('b', bytes));

        var test = await _app.SendAsync(
            HttpMethod.Post, $"api/tenants/{_app.Tenant}/test-webhook",
            new { url = receiver.Url, @event = "visitor.checked_in" });

        Assert.Equal(HttpStatusCode.OK, test.Status);
        var response = test.Json.GetProperty("response");
        Assert.Equal(
            (new string('b', 16_384), truncated),
            (response.GetProperty("body").GetString(), response.GetProperty("truncated").GetBoolean()));
    }

    [Fact]
    public async Task The_limits_that_are_shown_are_these()
    {
        var limits = await _app.GetAsync("api/limits");
        foreach (var (path, value) in new[]
        {
            ("subscriptions.minSecretBytes", 24), ("subscriptions.maxSecretBytes", 64),
                ("subscriptions.defaultOverlapHours", 24), ("subscriptions.maxOverlapHours", 168),
            ("subscriptions.maxUrlCharacters", 2048), ("subscriptions.maxNameCharacters", 100),
            ("subscriptions.maxHeaders", 10), ("subscriptions.maxHeaderNameCharacters", 64),
            ("subscriptions.maxHeaderValueCharacters", 1024), ("subscriptions.maxPerTenant", 20),
            ("pages.maxItems", 100), ("receivers.responseBytesRead", 16_384),
            ("deadLetters.retentionDays", 90), ("attempts.retentionSeconds", 30 * 24 * 3600),
            ("deliveries.maxAttempts", 10), ("parking.maxDeliveryCount", 100),
        })
        {
            Assert.Equal(
                (path, value),
                (path, path.Split('.').Aggregate(limits, (json, name) => json.GetProperty(name)).GetInt32()));
        }

        Assert.Equal(
            [443, 8443],
            limits.GetProperty("receivers").GetProperty("allowedPorts").EnumerateArray()
            .Select(port => port.GetInt32()));
    }

    Task<Answer> CreateAsync(object wanted) =>
        _app.SendAsync(HttpMethod.Post, $"api/tenants/{_app.Tenant}/subscriptions", wanted);

    Task<Answer> RotateAsync(Answer made, object wanted) =>
        _app.SendAsync(
            HttpMethod.Post,
            $"api/tenants/{_app.Tenant}/subscriptions/{made.Json.GetProperty("id").GetString()}/secret/rotate", wanted,
            made.ETag);

    // Whole seconds lie between our clock's readings and the app's.
    static void AssertSignsFor(Answer rotated, int hours)
    {
        var ends = rotated.Json.GetProperty("earlierSecretsSignUntil").EnumerateArray()
            .Select(end => end.GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).ToList();
        Assert.Equal(hours == 0 ? [] : [hours], ends.Select(end => Math.Round(end.TotalHours)));
    }

    static void AssertCreated(Answer answer, bool taken, string pointer) =>
        AssertAnswered(answer, taken ? HttpStatusCode.Created : HttpStatusCode.BadRequest, pointer);

    static void AssertTaken(Answer answer, bool taken, string pointer) =>
        AssertAnswered(answer, taken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, pointer);

    static void AssertAnswered(Answer answer, HttpStatusCode expected, string pointer)
    {
        Assert.True(answer.Status == expected, $"{answer.Status}: {answer.Json}");
        if (expected == HttpStatusCode.BadRequest)
        {
            Assert.Equal(
                [pointer],
                answer.Json.GetProperty("errors").EnumerateArray()
                .Select(error => error.GetProperty("pointer").GetString()));
        }
    }
}
