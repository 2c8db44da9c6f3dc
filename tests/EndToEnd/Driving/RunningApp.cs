using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Atrium.Processes;

namespace Atrium.EndToEnd;

/// <summary>
/// The running app with all that it started, and what a test does with it. Its data outlives it, for a second start.
/// </summary>
internal sealed class RunningApp : IAsyncDisposable
{
    static readonly Dictionary<string, string> AnyFreePorts = new()
    {
        ["LocalStack__ServiceBusPort"] = "0",
        // Tests wait for its line.
        ["Logging__LogLevel__Atrium.Functions.Events.FanOut"] = "Debug",
        ["LocalStack__TablesPort"] = "0",
        ["LocalStack__KeyVaultPort"] = "0",
    };

    const string RunningFile = "running.json";

    readonly RecordingHandler _recording = new();
    readonly bool _isShared;
    readonly int _printedBefore;

    readonly string _state;

    RunningApp(ChildProcess process, string state, JsonElement running, string? sharedBy = null)
    {
        _state = state;
        Process = process;
        Running = running;
        Tenant = sharedBy ?? "default";
        _isShared = sharedBy is not null;
        _printedBefore = _isShared ? process.Output.Length : 0;
        Contract = new ContractHandler(ApiContract.OfTheApp) { InnerHandler = _recording };
        Http = new HttpClient(Contract)
        {
            BaseAddress = running.GetProperty("http").Deserialize<Uri>(),
            Timeout = Patience.Limit,
        };
    }

    public ChildProcess Process { get; }

    /// <summary>What it has printed while the test had it.</summary>
    public string Output => Process.Output[_printedBefore..];

    /// <summary>In whose name requests are that name no other tenant.</summary>
    public string Tenant { get; }

    /// <summary>What the app says of itself in running.json.</summary>
    public JsonElement Running { get; }

    /// <summary>Its requests and answers are held against the OpenAPI document.</summary>
    public HttpClient Http { get; }

    public ContractHandler Contract { get; }

    /// <summary>All answers until now, headers and bodies.</summary>
    public IReadOnlyCollection<string> Answers => _recording.Answers;

    /// <summary>The process that the app runs in at the moment; another once that has died.</summary>
    public int WorkerProcess => ReadRunning(_state).GetProperty("workerProcess").GetInt32();

    public string ServiceBus => Running.GetProperty("serviceBus").GetString()!;

    public string Tables => Running.GetProperty("tables").GetString()!;

    /// <param name="state">The folder of its data.</param>
    /// <param name="clockSpeed">How fast the broker's waits pass.</param>
    /// <param name="settings">Further settings.</param>
    public static Task<RunningApp> StartAsync(
        TemporaryFolder state, int clockSpeed = 1, params (string Name, string Value)[] settings) =>
        StartAsync(AppProcess.Start, state, clockSpeed, settings);

    /// <summary>Starts it by <c>dotnet run</c>, the leader of a group of its own.</summary>
    /// <param name="state">The folder of its data.</param>
    public static Task<RunningApp> RunAsync(TemporaryFolder state) => StartAsync(AppProcess.Run, state, 1, []);

    static async Task<RunningApp> StartAsync(
        Func<IEnumerable<string>, IReadOnlyDictionary<string, string>, ChildProcess> start, TemporaryFolder state,
        int clockSpeed, (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>(AnyFreePorts);
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        File.Delete(Path.Combine(state.Path, RunningFile));
        var process = start(
            ["--port", "0", "--state", state.Path, "--clock-speed", $"{clockSpeed}", "--real-locks"], environment);
        await process.LineAsync("Ctrl-C stops");
        return new RunningApp(process, state.Path, ReadRunning(state.Path));
    }

    /// <summary>
    /// The same app as one test of several has it: with a tenant, requests, answers and output of its own. It goes on
    /// after the test.
    /// </summary>
    public RunningApp Share() => new(Process, _state, Running, $"t-{Guid.NewGuid():N}");

    public async Task<Subscribed> SubscribeAsync(
        Uri url, string[] events, string? tenant = null, bool generateSecret = false)
    {
        using var response = await Http.PostAsJsonAsync(
            new Uri($"api/tenants/{tenant ?? Tenant}/subscriptions", UriKind.Relative),
            new { url, events, generateSecret });
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{body}\n{Process.Output}");
        var json = JsonSerializer.Deserialize<JsonElement>(body);
        return new Subscribed(
            json.GetProperty("id").GetString()!,
            json.TryGetProperty("secret", out var secret) ? secret.GetString() : null);
    }

    /// <summary>
    /// Publishes an event and gives its id. As the API asks its clients to do, it sends the same event again while it
    /// is told that a store does not answer: on a busy machine, one may be late.
    /// </summary>
    public async Task<string> PublishAsync(string json, string? tenant = null, string? key = null)
    {
        var id = "";
        await Eventually.TrueAsync(async () =>
        {
            using var response = await PostEventAsync(Encoding.UTF8.GetBytes(json), tenant, key);
            if (response.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
            {
                return false;
            }

            var body = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == System.Net.HttpStatusCode.Accepted, body);
            id = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("id").GetString()!;
            return true;
        });
        return id;
    }

    public async Task<HttpResponseMessage> PostEventAsync(byte[] body, string? tenant = null, string? key = null)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"api/events?tenant={tenant ?? Tenant}", UriKind.Relative));
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await Http.SendAsync(request);
    }

    /// <summary>The JSON behind a path: as any client does, asks again if a table took too long.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        JsonElement found = default;
        await Eventually.TrueAsync(async () =>
        {
            using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
            if (response.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
            {
                return false;
            }

            var body = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, body);
            found = JsonSerializer.Deserialize<JsonElement>(body);
            return true;
        });
        return found;
    }

    /// <summary>Posts JSON and gives the answer with its status.</summary>
    public async Task<(System.Net.HttpStatusCode Status, JsonElement Json)> PostAsync(string path, object json)
    {
        using var response = await Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), json);
        return (
            response.StatusCode,
            JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>Pauses a subscription, whatever its version.</summary>
    public Task PauseAsync(string id, string? tenant = null) =>
        ChangeAsync($"api/tenants/{tenant ?? Tenant}/subscriptions/{id}/pause");

    /// <summary>
    /// Resumes a subscription, whatever its version, and gives the id of the job that sends what was parked.
    /// </summary>
    public async Task<string> ResumeAsync(string id, string? tenant = null) =>
        (await ChangeAsync($"api/tenants/{tenant ?? Tenant}/subscriptions/{id}/resume")).GetProperty("id").GetString()!;

    /// <summary>How many deliveries of a subscription are parked.</summary>
    public async Task<int> CountParkedAsync(string id, string? tenant = null)
    {
        var parked = await GetAsync($"api/tenants/{tenant ?? Tenant}/subscriptions/{id}/parked");
        return parked.GetProperty("count").GetInt32();
    }

    /// <summary>Waits until so many deliveries of a subscription are parked that were never parked before.</summary>
    public async Task ParkedAsync(string id, int count)
    {
        var logged = 0;
        await Process.LineAsync(line =>
            line.Contains($"is parked, since subscription {id}", StringComparison.Ordinal) && ++logged == count);
        // The line comes before the message.
        await Eventually.TrueAsync(async () =>
        {
            await IndexAsync($"subscriptions/{id}/parked");
            return await CountParkedAsync(id) >= count;
        });
    }

    /// <summary>Has what has failed or is parked by now brought into the index, before its timer does.</summary>
    /// <param name="told">By what the app tells how far the index is, a path below the tenant's.</param>
    public async Task IndexAsync(string told = "dead-letters/count")
    {
        var asked = TimeProvider.System.GetUtcNow();
        await RunTimerAsync("KeepUp");
        await Eventually.TrueAsync(async () =>
            (await GetAsync($"api/tenants/{Tenant}/{told}")).GetProperty("indexedAt")
                is { ValueKind: JsonValueKind.String } at && at.GetDateTimeOffset() > asked);
    }

    /// <summary>Sends a request of any kind; a text is sent as it is.</summary>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, object? json = null, string? ifMatch = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = json switch
        {
            null => null,
            string text => new StringContent(text, Encoding.UTF8, "application/json"),
            _ => JsonContent.Create(json),
        };
        foreach (var (name, value) in new[] { ("If-Match", ifMatch), ("Idempotency-Key", key) })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new(
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.ETag?.ToString(),
            body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(body));
    }

    /// <summary>
    /// Runs a timer function now, by the door that the Functions host has for it: no operation of the app, and so in no
    /// contract.
    /// </summary>
    public async Task RunTimerAsync(string function)
    {
        using var http = new HttpClient { BaseAddress = Http.BaseAddress };
        using var response = await http.PostAsJsonAsync(
            new Uri($"admin/functions/{function}", UriKind.Relative), new { input = "" });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
    }

    /// <summary>
    /// Asks until so many of a subscription's attempts are on record: the log's line of an attempt comes before its
    /// record.
    /// </summary>
    public Task RecordedAsync(string subscriptionId, int count, string? tenant = null) =>
        Eventually.TrueAsync(async () =>
            (await GetAsync($"api/tenants/{tenant ?? Tenant}/subscriptions/{subscriptionId}/attempts"))
                .GetProperty("items")
                .GetArrayLength() >= count);

    /// <summary>Waits for a line of the log that has all of these in it.</summary>
    public Task LoggedAsync(params string[] parts) =>
        Process.LineAsync(line => parts.All(part => line.Contains(part, StringComparison.Ordinal)));

    /// <summary>Waits until an event was fanned out, be it to nobody.</summary>
    public Task FannedOutAsync(string eventId) => Process.LineAsync(line =>
        line.Contains(eventId, StringComparison.Ordinal)
        && (line.Contains("Event fanned out", StringComparison.Ordinal)
            || line.Contains("Event taken by no subscription", StringComparison.Ordinal)));

    /// <summary>Kills the process that the app runs in, and awaits the next.</summary>
    public async Task KillWorkerAsync()
    {
        var worker = WorkerProcess;
        using var process = System.Diagnostics.Process.GetProcessById(worker);
        process.Kill();
        await Eventually.TrueAsync(() => Task.FromResult(WorkerProcess != worker));
    }

    static JsonElement ReadRunning(string state) =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(state, RunningFile)));

    async Task<JsonElement> ChangeAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Headers = { IfMatch = { System.Net.Http.Headers.EntityTagHeaderValue.Any } },
        };
        using var response = await Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_isShared)
        {
            await Process.DisposeAsync();
        }
    }
}
