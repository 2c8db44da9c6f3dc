using System.Net;
using System.Text.Json;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Data.Tables;
using CsCheck;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class HeaderTests : IDisposable
{
    static readonly string[] All = ["*"];

    // What .NET treats in a way of its own, and what frames a request.
    static readonly string[] KnownNames =
    [
        "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Accept-Ranges", "Age", "Allow",
        "Authorization", "Cache-Control", "Connection",
        "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location",
        "Content-MD5", "Content-Range", "Content-Type", "Cookie",
        "Date", "ETag", "Expect", "Expires", "From", "Host", "If-Match", "If-Modified-Since", "If-None-Match",
        "If-Range", "If-Unmodified-Since", "Keep-Alive",
        "Last-Modified", "Location", "Max-Forwards", "Origin", "Pragma", "Prefer", "Proxy-Authenticate",
        "Proxy-Authorization", "Proxy-Connection", "Range", "Referer",
        "Retry-After", "Server", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Vary",
        "Via", "Warning", "WWW-Authenticate",
        "X-Api-Key", "X-Requested-With", "Api-Key", "Ocp-Apim-Subscription-Key", "X-Functions-Key", "Idempotency-Key",
        "apikey", "token",
    ];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Names_are_shown_and_values_lie_in_the_vault_alone()
    {
        var made = await CreateAsync(
            new() { ["Authorization"] = "Bearer s3cr3t-t0ken", ["X-Tenant"] = "with spaces\tand tab" });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var id = made.Json.GetProperty("id").GetString()!;
        var shown =
            new[] { made, await _api.GetAsync(id), await _api.ListAsync(),
            await _api.PatchAsync(id, new { name = "x" }) };
        Assert.All(shown, answer =>
        {
            Assert.Contains("Authorization", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cr3t", answer.Text, StringComparison.Ordinal);
        });
        Assert.DoesNotContain(
            _api.Tables.Table("Subscriptions").Rows.SelectMany(row => row),
            property => property.Value?.ToString()?.Contains("s3cr3t", StringComparison.Ordinal) ?? false);
        Assert.Contains("s3cr3t", Assert.Single(_api.Vault.Secrets).Value, StringComparison.Ordinal);
        Assert.Equal("with spaces\tand tab", (await _api.HeadersAsync(id))["X-Tenant"]);
    }

    [Fact]
    public async Task Patch_merges_headers_by_name_in_any_case_and_keeps_the_values_that_it_does_not_name()
    {
        var id = (await CreateAsync(new() { ["X-A"] = "1", ["X-B"] = "2", ["X-C"] = "3" })).Json.GetProperty("id")
            .GetString()!;
        var answer = await _api.PatchAsync(id, """{"headers":{"x-b":null,"X-c":"new","X-D":"4"}}""");
        Assert.Equal(["X-A", "X-C", "X-D"], Names(answer));
        Assert.Equal(
            new Dictionary<string, string> { ["X-A"] = "1", ["X-C"] = "new", ["X-D"] = "4" },
            await _api.HeadersAsync(id));
        Assert.Single(_api.Vault.Secrets);

        Assert.Equal(["X-A", "X-C", "X-D"], Names(await _api.PatchAsync(id, """{"headers":{}}""")));
        Assert.Empty(Names(await _api.PatchAsync(id, """{"headers":null}""")));
        Assert.Empty(_api.Vault.Secrets);
        Assert.Equal(["X-E"], Names(await _api.PatchAsync(id, """{"headers":{"X-E":"5"}}""")));
        Assert.Empty(Names(await _api.PatchAsync(id, """{"headers":{"X-E":null}}""")));
        Assert.Empty(_api.Vault.Secrets);
    }

    [Theory]
    [InlineData("""{"headers":{"x-a":"new","X-A":null}}""")]
    [InlineData("""{"headers":{"X-A":null,"x-a":"new"}}""")]
    [InlineData("""{"headers":{"X-A":"1","x-a":"2"}}""")]
    public async Task A_patch_that_names_a_header_twice_is_refused_and_changes_nothing(string patch)
    {
        var id = (await CreateAsync(new() { ["X-A"] = "1" })).Json.GetProperty("id").GetString()!;

        var answer = await _api.PatchAsync(id, patch);

        Assert.Equal(["/headers/X-A", "/headers/x-a"], Pointers(answer).Order(StringComparer.Ordinal));
        Assert.All(
            answer.Json.GetProperty("errors").EnumerateArray(),
            error => Assert.Equal("repeated", error.GetProperty("code").GetString()));
        Assert.Equal("1", (await _api.HeadersAsync(id))["X-A"]);
    }

    [Theory]
    [InlineData("""{"url":"https://elsewhere.example/hook"}""")]
    [InlineData("""{"url":"https://elsewhere.example/hook","headers":{}}""")]
    [InlineData("""{"url":"https://elsewhere.example/hook","headers":{"X-B":"new"}}""")]
    [InlineData("""{"url":"https://example.com:8443/hook"}""")]
    public async Task Stored_values_do_not_follow_the_url_to_another_host(string patch)
    {
        var id = (await CreateAsync(new() { ["X-A"] = "1", ["X-B"] = "2" })).Json.GetProperty("id").GetString()!;

        var answer = await _api.PatchAsync(id, patch);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(
            "/headers",
            Assert.Single(answer.Json.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
        Assert.Equal(new Dictionary<string, string> { ["X-A"] = "1", ["X-B"] = "2" }, await _api.HeadersAsync(id));
    }

    [Theory]
    [InlineData("file://\u202e/x")]
    [InlineData("\\\\\u202e/x")]
    [InlineData("https://a..b/")]
    public async Task A_url_that_is_none_is_judged_before_its_host_is_compared(string url)
    {
        var id = (await CreateAsync(new() { ["X-A"] = "1" })).Json.GetProperty("id").GetString()!;

        var answer = await _api.PatchAsync(id, new { url });

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        var error = Assert.Single(answer.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal("/url", error.GetProperty("pointer").GetString());
        Assert.Equal(
            EndpointUrl.ValidateNew(url, new()).Code, error.GetProperty("code").Deserialize<FieldErrorCode>());
    }

    [Theory]
    [InlineData("""{"url":"https://elsewhere.example/hook","headers":null}""")]
    [InlineData("""{"url":"https://elsewhere.example/hook","headers":{"x-a":"new","X-B":null}}""")]
    [InlineData("""{"url":"https://example.com/another/path"}""")]
    public async Task The_url_may_change_with_values_given_anew_or_within_its_host(string patch)
    {
        var id = (await CreateAsync(new() { ["X-A"] = "1", ["X-B"] = "2" })).Json.GetProperty("id").GetString()!;

        Assert.Equal(HttpStatusCode.OK, (await _api.PatchAsync(id, patch)).Status);
    }

    [Fact]
    public async Task A_value_is_replaced_in_the_vault_before_the_row_and_the_old_one_goes_after_it()
    {
        var id = (await CreateAsync(new() { ["X-A"] = "1" })).Json.GetProperty("id").GetString()!;
        var before = _api.Journal.Entries.Count;
        await _api.ReplaceAsync(
            id, new
            {
                url = "https://example.com/",
                events = All,
                headers = new Dictionary<string, string> { ["X-A"] = "2" }
            });
        Assert.Equal(
            ["vault: set", "Subscriptions: update", "vault: delete"],
            _api.Journal.Entries.Skip(before).Select(entry => string.Join(' ', entry.Split(' ')[..2])));
        Assert.Equal("2", (await _api.HeadersAsync(id))["X-A"]);
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("host")]
    [InlineData("Content-Length")]
    [InlineData("content-type")]
    [InlineData("Content-Anything")]
    [InlineData("Connection")]
    [InlineData("Transfer-Encoding")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Upgrade")]
    [InlineData("Keep-Alive")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Expect")]
    [InlineData("User-Agent")]
    [InlineData("webhook-signature")]
    [InlineData("Webhook-Test")]
    [InlineData("Cookie")]
    [InlineData("Date")]
    [InlineData("X-Azure-ClientIP")]
    [InlineData("X-FD-HealthProbe")]
    [InlineData("X-MS-CLIENT-PRINCIPAL")]
    [InlineData("X-Forwarded-For")]
    [InlineData("Accept-Encoding")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("Webhook_Signature")]
    [InlineData("webhook.id")]
    [InlineData("X_Forwarded_For")]
    [InlineData("X-Forwarded_Host")]
    [InlineData("Content_Length")]
    [InlineData("X_MS_CLIENT_PRINCIPAL")]
    [InlineData("X!Real.IP")]
    [InlineData("transfer_encoding")]
    public async Task A_reserved_name_is_refused_by_name(string name)
    {
        var answer = await CreateAsync(new() { [name] = "x", ["X-Fine"] = "y" });
        var error = Assert.Single(answer.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal($"/headers/{name}", error.GetProperty("pointer").GetString());
        Assert.Contains("reserved", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(_api.Vault.Secrets);
    }

    [Theory]
    [InlineData("X_Api_Key")]
    [InlineData("X.Api.Key")]
    [InlineData("Webhooks_Key")]
    [InlineData("_Host")]
    public async Task A_name_that_only_looks_like_a_reserved_one_is_taken(string name) =>
        Assert.Equal([name], Names(await CreateAsync(new() { [name] = "x" })));

    // It was taken before names were compared by their letters.
    [Fact]
    public async Task A_name_that_is_stored_though_it_is_reserved_is_kept_by_a_change_of_something_else()
    {
        var id = (await CreateAsync(new() { ["X-A"] = "1" })).Json.GetProperty("id").GetString()!;
        await _api.Tables.Table("Subscriptions").UpdateEntityAsync(
            new TableEntity(Some.Tenant, id) { ["HeaderNames"] = "X_Forwarded_For" }, ETag.All, TableUpdateMode.Merge);

        Assert.Equal(["X_Forwarded_For"], Names(await _api.PatchAsync(id, new { name = "CRM" })));
    }

    // Else the value of another header could not be changed without giving it up.
    [Fact]
    public void A_name_that_is_stored_though_it_is_reserved_may_stay_beside_others_that_are_changed()
    {
        var headers = new Dictionary<string, string?> { ["proxy_token"] = "1", ["X-A"] = "2", ["Via"] = "3" };

        Assert.Equal(["/headers/Via"], HeaderRule.Faults(headers, ["Proxy_Token"]).Select(fault => fault.Pointer));
    }

    [Theory]
    [InlineData("", "1 to 64")]
    [InlineData("X Key", "token")]
    [InlineData("X-Key:", "token")]
    [InlineData("X-Kéy", "token")]
    [InlineData("X-Key\r\nHost", "character 6, U+000D CARRIAGE RETURN")]
    [InlineData("X-\u200bKey", "character 3, U+200B ZERO WIDTH SPACE")]
    [InlineData("X-Key\u00ad", "character 6, U+00AD SOFT HYPHEN")]
    public async Task What_is_no_name_is_refused_and_not_repeated(string name, string rule)
    {
        var error = Assert.Single(
            (await CreateAsync(new() { [name] = "x" })).Json.GetProperty("errors").EnumerateArray());
        Assert.Equal("/headers", error.GetProperty("pointer").GetString());
        Assert.Contains(rule, error.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3cr3t\r\nHost: evil",
        "no line break, which would begin another header: character 7, U+000D CARRIAGE RETURN")]
    [InlineData("s3cr3t\n", "character 7, U+000A LINE FEED")]
    [InlineData("s3cr3t\u200b", "character 7, U+200B ZERO WIDTH SPACE")]
    [InlineData("\ufeffs3cr3t", "character 1, U+FEFF")]
    [InlineData("\u3164", "character 1, U+3164 HANGUL FILLER")]
    [InlineData("s3cr3t é", "something else: character 8. Remove")]
    [InlineData("s3cr3t\u0000", "ASCII")]
    [InlineData("s3cr3t\u007f", "ASCII")]
    [InlineData(" s3cr3t", "space")]
    [InlineData("s3cr3t\t", "space")]
    [InlineData("", "value")]
    [InlineData(null, "value")]
    public async Task What_is_no_value_is_refused_with_the_rule_and_not_repeated(string? value, string rule)
    {
        var answer = await CreateAsync(new() { ["X-Key"] = value! });
        var error = Assert.Single(answer.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal("/headers/X-Key", error.GetProperty("pointer").GetString());
        Assert.Contains(rule, error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_and_lengths_are_bounded_and_the_bounds_themselves_are_fine()
    {
        Dictionary<string, string> Of(int count, int nameLength, int valueLength) =>
            Enumerable.Range(0, count)
                .ToDictionary(number => $"X-{number}".PadRight(nameLength, 'n'), _ => new string('v', valueLength));
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(Of(10, 64, 1024))).Status);
        Assert.Equal(["/headers"], Pointers(await CreateAsync(Of(11, 10, 10))));
        Assert.Equal(["/headers"], Pointers(await CreateAsync(Of(1, 65, 10))));
        Assert.Equal([$"/headers/X-0{new string('n', 7)}"], Pointers(await CreateAsync(Of(1, 10, 1025))));
        Assert.Equal(
            ["/headers/X-Key", "/headers/x-key"],
            Pointers(await CreateAsync(new() { ["X-Key"] = "1", ["x-key"] = "2" })));
    }

    [Fact]
    public void Whatever_is_allowed_can_be_sent() =>
        Gen.OneOf(
            Gen.OneOfConst(KnownNames),
            Gen.Char["!#$%&'*+-.^_`|~abcXYZ0189"].Array[1, 64].Select(characters => new string(characters)))
            .Sample(name =>
        {
            if (HeaderRule.Faults(new Dictionary<string, string?> { [name] = "v" }).Any())
            {
                return;
            }

            using var message = new HttpRequestMessage();
            Assert.True(message.Headers.TryAddWithoutValidation(name, "v"), name);
            Assert.Equal(["v"], message.Headers.NonValidated[name]);
        });

    [Fact]
    public void Pointers_are_escaped() => Assert.Equal("/headers/a~1b~0c", FieldError.PointerTo("headers", "a/b~c"));

    Task<HttpAnswer> CreateAsync(Dictionary<string, string> headers) =>
        _api.CreateAsync(new { url = "https://example.com/", events = All, headers });

    static IEnumerable<string?> Names(HttpAnswer answer) =>
        answer.Json.GetProperty("headerNames").EnumerateArray().Select(name => name.GetString());

    static IEnumerable<string?> Pointers(HttpAnswer answer) =>
        answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString());
}
