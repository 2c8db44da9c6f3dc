using System.Text;
using System.Text.Json;
using Atrium.Functions.Access;
using Atrium.Functions.Egress;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Operations;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Atrium.Functions.Tests.Approved;

/// <summary>What people read when a request is refused, word for word.</summary>
public sealed class RefusalTests : IDisposable
{
    static readonly string[] All = ["*"];

    readonly StringBuilder _text = new();
    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Refusals_of_events_are_as_approved()
    {
        async Task PostAsync(string what, string query = "?tenant=acme", BinaryData? body = null,
            string type = "application/json", params string[] keys)
        {
            var request = HttpCall.Of("POST", "/api/events" + query, body ?? SampleEvents.CheckedIn, type);
            request.Headers[IdempotencyKey.Header] = new StringValues(keys);
            Add(what, await HttpCall.AnswerAsync(request, _api.Get<IngestFunction>().RunAsync(request, default)));
        }

        await PostAsync("no tenant", "");
        await PostAsync("what is no tenant", "?tenant=..");
        await PostAsync("another media type", type: "text/plain");
        await PostAsync("too large", body: BinaryData.FromBytes(new byte[EventReader.MaxBytes + 1]));
        await PostAsync("the key twice", keys: ["a", "b"]);
        await PostAsync("the key accepted", keys: ["a"]);
        await PostAsync("the key with another event", body: SampleEvents.CheckedOut, keys: ["a"]);
        await PostAsync("no JSON", body: BinaryData.FromString("{}x"));
        await PostAsync("nothing", body: BinaryData.FromString(""));
        await PostAsync("a list", body: BinaryData.FromString("[]"));
        await PostAsync("an empty object", body: BinaryData.FromString("{}"));
        await PostAsync("an event that there is not",
            body: SampleEvents.Changed("visitor.checked_in", sample => sample["event"] = "visitor.left"));
        await PostAsync("fields that are wrong", body: SampleEvents.Changed("visitor.checked_out", sample =>
        {
            sample["timestamp"] = "2026-04-15T14:30:00";
            sample["visitor"]!["email"] = "\u200b";
            sample["visitor"]!["first_name"] = 5;
            sample["visitor"]!["last_name"] = true;
            sample["visit"]!["checked_in_at"] = null;
            sample["visit"]!["documents_signed"] = "NDA";
        }));
        Approval.Verify($"{_text}", "refused-events");
    }

    [Fact]
    public async Task Refusals_of_queries_are_as_approved()
    {
        foreach (var (function, query) in new[]
        {
            ("Ingest", "?tenantId=acme"), ("Ingest", "?tenant=acme&tenant=acme"), ("GetHealth", "?verbose"),
            ("ListDeadLetters", "?limits=5&from=a&from=b"),
        })
        {
            var http = HttpCall.Of("GET", "/api/x" + query).HttpContext;
            await new QueryMiddleware(new OpenApiDocument())
                .Invoke(new FakeFunctionContext(http, function), _ => Task.CompletedTask);
            Add($"{function} {query}", HttpCall.Answer(http));
        }

        Add("no limit and no cursor", await _api.ListAsync(query: "?limit=0&cursor=x"));
        var explain = HttpCall.Of("GET", "/api/explain");
        Add("nothing to explain", await HttpCall.AnswerAsync(
            explain, _api.Get<ExplainFunction>().RunAsync(explain, default)));
        Approval.Verify($"{_text}", "refused-queries");
    }

    [Fact]
    public async Task Refusals_of_signed_in_users_are_as_approved()
    {
        await AskAsync("no header that can be read", "?", "acme");
        await AskAsync("no claim of a tenant", Principal(new { typ = "name", val = "Jane" }), "acme");
        await AskAsync("another tenant", Principal(new { typ = "tenant", val = "globex" }), "acme");
        await AskAsync("no tenant asked for", Principal(new { typ = "tenant", val = "acme" }), null);
        Approval.Verify($"{_text}", "refused-users");

        static string Principal(object claim) =>
            Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new { claims = new[] { claim } }));

        async Task AskAsync(string what, string principal, string? tenant)
        {
            var query = tenant is null ? "" : $"?tenant={tenant}";
            var http = HttpCall.Of("POST", $"/api/events{query}").HttpContext;
            http.Request.Headers[ClientPrincipal.Header] = principal;
            var access = new TenantAccessMiddleware(
                Options.Create(new AccessOptions { SignedInUsers = true }),
                NullLogger<TenantAccessMiddleware>.Instance);
            await access.Invoke(new FakeFunctionContext(http), _ => Task.CompletedTask);
            Add(what, HttpCall.Answer(http));
        }
    }

    [Fact]
    public async Task Refusals_of_subscriptions_are_as_approved()
    {
        Add("what is no tenant", await _api.CreateAsync(new { url = "https://example.com/", events = All }, ".."));
        Add("nothing chosen", await _api.CreateAsync(new { events = Array.Empty<string>() }));
        Add("a field that there is not", await _api.CreateAsync(new { urls = "x" }));
        Add("no name", await NamedAsync("\u200b"));
        Add("an empty name", await NamedAsync(" "));
        Add("a name with something invisible", await NamedAsync("CRM\u200b"));
        Add("a name in two lines", await NamedAsync("a\nb"));
        await HeaderAsync("X-\u200bKey", "x");
        await HeaderAsync("X Key", "x");
        await HeaderAsync("Host", "x");
        await HeaderAsync("X-Amz-Date", "x");
        await HeaderAsync("X-Key", "");
        await HeaderAsync("X-Key", "s3cr3t\u200b");
        await HeaderAsync("X-Key", "s3cr3t é");
        await HeaderAsync("X-Key", "s3cr3t\nHost: x");
        await HeaderAsync("X-Key", "s3cr3t ");

        var made = await _api.CreateAsync(new { url = "https://example.com/", events = All }, key: "a");
        var id = made.Json.GetProperty("id").GetString()!;
        Add("the key of another", await _api.CreateAsync(new { url = "https://example.org/", events = All }, key: "a"));
        Add("a change of no version", await _api.PatchAsync(id, new { name = "x" }, ifMatch: null));
        Add("a change of another version", await _api.PatchAsync(id, new { name = "x" }, ifMatch: "\"x\""));
        var tag = (await _api.GetAsync(id)).ETag;
        Add("what is known already", await _api.GetAsync(id, ifNoneMatch: tag));
        var change = new { name = "x" };
        Add("a change unless this version is there", await _api.PatchAsync(id, change, tag, ifNoneMatch: tag));
        Add("a change unless any version is there", await _api.PatchAsync(id, change, ifNoneMatch: "*"));
        Add("a subscription that there is not", await _api.GetAsync(Some.SubscriptionId));
        Approval.Verify($"{_text}", "refused-subscriptions");

        async Task HeaderAsync(string name, string value) => Add(
            $"the header {JsonSerializer.Serialize(name)} with {JsonSerializer.Serialize(value)}",
            await _api.CreateAsync(
                new { url = "https://example.com/", events = All, headers = One(name, value) }));

        static Dictionary<string, string> One(string name, string value) => new() { [name] = value };

        Task<HttpAnswer> NamedAsync(string name) =>
            _api.CreateAsync(new { url = "https://example.com/", events = All, name });
    }

    [Fact]
    public void Refusals_of_URLs_are_as_approved()
    {
        foreach (var url in new[]
        {
            "", "example.com/hook", "http://example.com/", "https://user:password@example.com/",
            "https://example.com/#top", "https://example.com:80/",
            "https://10.0.0.1/", "https://localhost/", "https://bücher.de/", "https://example.com/a b",
            "https://example.com\\hook",
            "https://example.com/hook\u200b", "\ufeffhttps://example.com/", "https://exa\u00admple.com/",
            "https://example.com/a\u00a0b", "https://example.com/\u2066",
            "https://example.com/a\r\nb", $"https://example.com/{new string('a', EndpointUrl.MaxLength)}",
            $"https://example.com/{new string('ü', 1000)}",
            "https://example.com/hook%E2%80%8B", "https://example.com/hook?a=%EF%BB%BFb",
        })
        {
            var shown = JsonSerializer.Serialize(url.Length > 60 ? url[..24] + "…" : url);
            _text.Append($"{shown}\n  {EndpointUrl.ValidateNew(url, new EgressOptions()).Refusal}\n\n");
        }

        Approval.Verify($"{_text}", "refused-urls");
    }

    void Add(string what, HttpAnswer answer)
    {
        _text.Append($"{what}\n  {(int)answer.Status}");
        if (answer.ContentType == "application/problem+json")
        {
            _text.Append(
                $" {answer.Json.GetProperty("code").GetString()}, {answer.Json.GetProperty("title").GetString()}: "
                + answer.Json.GetProperty("detail").GetString());
            foreach (var error in answer.Json.TryGetProperty("errors", out var errors)
                ? errors.EnumerateArray().ToList() : [])
            {
                _text.Append(
                    $"\n  - {error.GetProperty("pointer").GetString()} ({error.GetProperty("code").GetString()}): "
                    + error.GetProperty("detail").GetString());
            }
        }

        _text.Append("\n\n");
    }
}
