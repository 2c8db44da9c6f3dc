using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;

namespace Atrium.EndToEnd;

/// <summary>
/// Secrets and the values of custom headers, after everything that touches them: in the vault, in the one answer that
/// shows a generated one, and nowhere else.
/// </summary>
public sealed class SecrecyTests
{
    const string Tenant = "api/tenants/default";
    const string Subscriptions = $"{Tenant}/subscriptions";

    static readonly string[] All = ["*"];

    static readonly (string, string)[] LogEverything =
        [("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"),
            ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Trace")];

    // Shown once; never shown; and those of both that lie in the vault.
    readonly List<string> _generated = [];
    readonly List<string> _hidden = [];
    readonly List<string> _stored = [];

    [Fact]
    public async Task No_secret_and_no_header_value_is_in_any_log_table_queue_file_or_answer()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (request, _) => request.Path is "/ok" ? 204 : 500;
        receiver.Echoes = true;
        await using var app = await RunningApp.StartAsync(state, clockSpeed: 200, LogEverything);

        await UseAsync(app, receiver);

        var tables = await TablesAsync(app.Tables);
        var deadLetters = await DeadLetterAsync(app);
        Assert.Equal(0, await app.Process.InterruptAsync());
        var files = Files(state.Path);
        var answers = app.Answers;

        // The places are the right ones, and searched in the right way: what does belong there is found.
        Assert.Contains("/visible-in-tables", tables, StringComparison.Ordinal);
        Assert.Contains("jane.smith", deadLetters, StringComparison.Ordinal);
        Assert.Contains(files, file => !IsVault(file.Path) && Has(file.Bytes, "/visible-in-tables"));
        Assert.Contains(files, file => !IsVault(file.Path) && Has(file.Bytes, "jane.smith"));
        Assert.Contains("trce:", app.Process.Output, StringComparison.Ordinal);
        Assert.Contains("dbug:", app.Process.Output, StringComparison.Ordinal);
        Assert.All(
            _stored.Concat(_generated),
            secret => Assert.Contains(files, file => IsVault(file.Path) && Has(file.Bytes, Needle(secret))));
        Assert.All(
            _generated,
            secret => Assert.Single(answers, answer => answer.Contains(Needle(secret), StringComparison.Ordinal)));

        foreach (var needle in _hidden.Concat(_generated).Select(Needle))
        {
            Assert.DoesNotContain(needle, app.Process.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(needle, tables, StringComparison.Ordinal);
            Assert.DoesNotContain(needle, deadLetters, StringComparison.Ordinal);
            Assert.DoesNotContain(files, file => !IsVault(file.Path) && Has(file.Bytes, needle));
        }

        Assert.All(
            _hidden,
            secret => Assert.DoesNotContain(
            answers, answer => answer.Contains(Needle(secret), StringComparison.Ordinal)));
    }

    async Task UseAsync(RunningApp app, Receiver receiver)
    {
        var ok = await CreateAsync(
            app, new
            {
                url = new Uri(receiver.Url, "/ok"),
                events = All,
                headers = Headers(),
                secret = Stored(Secret())
            });
        var failing = await CreateAsync(
            app, new
            {
                url = new Uri(receiver.Url, "/visible-in-tables"),
                events = All,
                headers = Headers(),
                generateSecret = true
            }, key: "once");
        var dying = await CreateAsync(
            app, new
            {
                url = new Uri(receiver.Url, "/dying"),
                events = All,
                headers = Headers(),
                generateSecret = true
            });
        await RotateAsync(app, ok, new { overlapHours = 168 });
        await RotateAsync(app, failing, new { secret = Stored(Secret()), overlapHours = 24 });
        await RotateAsync(app, failing, new { overlapHours = 0 });

        // One delivery that succeeds, one whose subscription is deleted under way, one that fails until it is a dead
        // letter. However late the deletion is, it comes before the attempts are over.
        var deleted = new TaskCompletionSource();
        receiver.Hold = (request, number) =>
            request.Path == "/dying" && number > 1 ? deleted.Task : Task.CompletedTask;
        await app.PublishAsync(Events.CheckedIn);
        await receiver.UntilAsync(
            all => all.Any(request => request.Path == "/ok") && all.Any(request => request.Path == "/dying"));
        Assert.Equal(HttpStatusCode.NoContent, (await app.SendAsync(HttpMethod.Delete, dying, ifMatch: "*")).Status);
        deleted.SetResult();
        await app.LoggedAsync("SubscriptionDeleted");
        await app.LoggedAsync("goes to the dead-letter queue as AttemptsExhausted");

        await TryOutAsync(app, receiver, ok, failing);
        await SendBadRequestsAsync(app, ok);

        Assert.Equal(
            HttpStatusCode.OK,
            (await app.SendAsync(
            HttpMethod.Put, ok, new { url = new Uri(receiver.Url, "/ok"), events = All, headers = Headers() },
            "*")).Status);
        Assert.Equal(
            HttpStatusCode.OK, (await app.SendAsync(HttpMethod.Patch, ok, new { headers = Headers() }, "*")).Status);
        foreach (var path in new[] { ok, failing, Subscriptions, $"{failing}/attempts" })
        {
            await app.GetAsync(path);
        }

        Assert.Equal(
            HttpStatusCode.OK, (await app.SendAsync(HttpMethod.Delete, $"{failing}/secret", ifMatch: "*")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await app.SendAsync(HttpMethod.Delete, ok, ifMatch: "*")).Status);
    }

    async Task TryOutAsync(RunningApp app, Receiver receiver, string ok, string failing)
    {
        const string sample = "visitor.checked_in";
        foreach (var path in new[] { ok, failing })
        {
            Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"{path}/test", new { @event = sample })).Status);
        }

        var secret = Hidden(Secret());
        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync(
            $"{Tenant}/test-webhook",
            new
            {
                url = new Uri(receiver.Url, "/unsaved"),
                secret,
                headers = new Dictionary<string, string> { ["X-Api-Key"] = Hidden(Value()) },
                @event = sample
            })).Status);
        var signed = receiver.All.Last();
        Assert.Equal("/unsaved", signed.Path);
        var body = Encoding.UTF8.GetString(signed.Body);
        var headers = signed.Headers.Where(
            header => header.Key.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase)).ToDictionary();
        foreach (var (wanted, valid) in new (object, bool)[]
        {
            (new { headers, body, secret }, true),
            (new { headers, body, secret = Hidden(Secret()) }, false),
            (new { headers, body, subscriptionId = ok.Split('/')[^1] }, false),
        })
        {
            var (status, answer) = await app.PostAsync($"{Tenant}/verify", wanted);
            Assert.Equal((HttpStatusCode.OK, valid), (status, answer.GetProperty("valid").GetBoolean()));
        }
    }

    async Task SendBadRequestsAsync(RunningApp app, string subscription)
    {
        var url = new Uri("https://crm.example.com/");
        foreach (var (method, path, body) in new (HttpMethod, string, object)[]
        {
            (HttpMethod.Post, Subscriptions,
                new { url = "https://10.0.0.4/", events = All, secret = Hidden(Secret()),
                headers = new { X = Hidden(Value()) } }),
            (HttpMethod.Post, Subscriptions, new { url, events = All, secret = Hidden(Secret()[..20]) }),
            (HttpMethod.Post, Subscriptions, new { url, events = All, secret = Hidden(Secret()) + "!" }),
            (HttpMethod.Post, Subscriptions, new { url, events = All, secret = new { value = Hidden(Secret()) } }),
            (HttpMethod.Post, Subscriptions, new { url, events = All, secrets = Hidden(Secret()) }),
            (HttpMethod.Post, Subscriptions, new { url, events = new[] { "*" }, generateSecret = Hidden(Secret()) }),
            (HttpMethod.Post, Subscriptions,
            $$"""{"url":"{{url}}","events":["*"],"secret":"{{Hidden(Secret())}}","secret":"{{Hidden(Secret())}}"}"""),
            (HttpMethod.Post, Subscriptions, $$"""{"url":"{{url}}","events":["*"],"secret":"{{Hidden(Secret())}}"""),
            (HttpMethod.Post, Subscriptions, $$"""{"url":"{{url}}","secret":{{Hidden(Secret())}}}"""),
            (HttpMethod.Post, Subscriptions, $"\"{Hidden(Secret())}\""),
            (HttpMethod.Post, Subscriptions,
            new { url, events = All, headers = new { X = Hidden(Value()) + "\r\nHost: x" } }),
            (HttpMethod.Post, Subscriptions, new { url, events = All, headers = new { Host = Hidden(Value()) } }),
            (HttpMethod.Post, Subscriptions,
            new { url, events = All, headers = new { X = new[] { Hidden(Value()) } } }),
            (HttpMethod.Post, Subscriptions, new { url, events = All, headers = Hidden(Value()) }),
            (HttpMethod.Patch, subscription, new { secret = Hidden(Secret()) }),
            (HttpMethod.Patch, subscription, new { headers = new { X = new { value = Hidden(Value()) } } }),
            (HttpMethod.Put, subscription,
            new { url = "http://example.com/", events = All, headers = new { X = Hidden(Value()) } }),
            (HttpMethod.Post, $"{subscription}/secret/rotate", new { secret = Hidden(Secret()), overlapHours = 169 }),
            (HttpMethod.Post, $"{subscription}/secret/rotate", new { secret = new[] { Hidden(Secret()) } }),
            (HttpMethod.Post, $"{subscription}/secret/rotate", new { secret = Hidden(Secret()[..30]) }),
            (HttpMethod.Post, $"{Tenant}/test-webhook",
            new { url = "https://127.0.0.1:1/?x", secret = Hidden(Secret()[..30]),
            headers = new { X = Hidden(Value()) + "\n" }, @event = "x" }),
            (HttpMethod.Post, $"{Tenant}/verify",
            new { body = "x", headers = new { }, secret = Hidden(Secret()), subscriptionId = "x" }),
        })
        {
            var answer = await app.SendAsync(method, path, body, ifMatch: "*");
            Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        }

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.SendAsync(
            HttpMethod.Post, $"{subscription}/secret/rotate", new { secret = Hidden(Secret()) },
            "\"0123456789abcdef\"")).Status);
    }

    async Task<string> CreateAsync(RunningApp app, object wanted, string? key = null)
    {
        var made = await app.SendAsync(HttpMethod.Post, Subscriptions, wanted, key: key);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Shown(made);
        if (key is not null)
        {
            Assert.Equal(
                HttpStatusCode.Created, (await app.SendAsync(HttpMethod.Post, Subscriptions, wanted, key: key)).Status);
        }

        return $"{Subscriptions}/{made.Json.GetProperty("id").GetString()}";
    }

    async Task RotateAsync(RunningApp app, string subscription, object wanted)
    {
        var rotated = await app.SendAsync(HttpMethod.Post, $"{subscription}/secret/rotate", wanted, "*");
        Assert.Equal(HttpStatusCode.OK, rotated.Status);
        Shown(rotated);
    }

    void Shown(Answer answer)
    {
        if (answer.Json.TryGetProperty("secret", out var secret))
        {
            _generated.Add(secret.GetString()!);
        }
    }

    Dictionary<string, string> Headers() =>
        new() { ["X-Api-Key"] = Stored(Value()), ["Authorization"] = "Bearer " + Stored(Value()) };

    string Stored(string secret)
    {
        _stored.Add(secret);
        return Hidden(secret);
    }

    string Hidden(string secret)
    {
        _hidden.Add(secret);
        return secret;
    }

    // Hexadecimal digits are base64, too, and no format writes them otherwise.
    static string Secret() => "whsec_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(22));

    static string Value() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The longest part that no format writes otherwise: JSON may escape a plus sign, a URL a slash.</summary>
    static string Needle(string secret)
    {
        var text = secret.Replace("whsec_", "", StringComparison.Ordinal);
        return text.Split('+', '/', '=').MaxBy(part => part.Length)!;
    }

    static async Task<string> TablesAsync(string connection)
    {
        var text = new StringBuilder();
        var service = new TableServiceClient(connection);
        await foreach (var table in service.QueryAsync())
        {
            await foreach (var row in service.GetTableClient(table.Name).QueryAsync<TableEntity>())
            {
                text.AppendLine(string.Join(' ', row.Select(property => $"{property.Key}={property.Value}")));
            }
        }

        return text.ToString();
    }

    static async Task<string> DeadLetterAsync(RunningApp app)
    {
        var dead = await app.DeadLetterAsync("deliveries", _ => true);
        return $"{dead.DeadLetterReason} {dead.DeadLetterErrorDescription} {dead.Body} "
            + $"{string.Join(' ', dead.ApplicationProperties)}";
    }

    static List<(string Path, byte[] Bytes)> Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(folder, path), File.ReadAllBytes(path)))];

    static bool IsVault(string path) =>
        path.StartsWith(Path.Combine("keyvault", "secrets.db"), StringComparison.Ordinal);

    static bool Has(byte[] bytes, string text) =>
        bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0
            || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
}
