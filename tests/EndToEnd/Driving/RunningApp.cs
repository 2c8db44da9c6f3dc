using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
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
    static readonly Dictionary<string, string> UnderTest = new()
    {
        ["LocalStack__ServiceBusPort"] = "0",
        ["LocalStack__TablesPort"] = "0",
        ["LocalStack__KeyVaultPort"] = "0",
        // Tests wait for its line.
        ["Logging__LogLevel__Atrium.Functions.Events.FanOut"] = "Debug",
        // By the clock, they would disturb in some hours. RunTimerAsync still runs them.
        ["AzureWebJobs__Nightly__Disabled"] = "true",
        ["AzureWebJobs__RebuildIndex__Disabled"] = "true",
    };

    const string RunningFile = "running.json";

    const int PublishedAtOnce = 32;

    // Two runs of its timer.
    static readonly TimeSpan IndexedAgainAfter = TimeSpan.FromSeconds(20);

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
        var environment = new Dictionary<string, string>(UnderTest);
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        File.Delete(Path.Combine(state.Path, RunningFile));
        // By a fast clock, a lock would run out in the middle of an attempt on a busy machine, and that be made twice.
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
        var made = await SendAsync(
            HttpMethod.Post, $"api/tenants/{tenant ?? Tenant}/subscriptions", new { url, events, generateSecret },
            key: NewKey());
        Assert.True(made.Status == HttpStatusCode.Created, $"{made.Status}: {made.Json}\n{Process.Output}");
        return new Subscribed(
            made.Json.GetProperty("id").GetString()!,
            made.Json.TryGetProperty("secret", out var secret) ? secret.GetString() : null);
    }

    /// <summary>Publishes an event and gives its id.</summary>
    public async Task<string> PublishAsync(string json, string? tenant = null, string? key = null)
    {
        using var response = await PersistAsync(() => EventRequest(json, tenant, key));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, body);
        return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("id").GetString()!;
    }

    /// <summary>
    /// Publishes events side by side, and gives their ids in their order. Not all at once: on a busy machine, the last
    /// of many would wait for longer than the worker does.
    /// </summary>
    public async Task<IReadOnlyList<string>> PublishAsync(
        IEnumerable<string> events, string? tenant = null, Func<int, string>? key = null)
    {
        var ids = new ConcurrentDictionary<int, string>();
        await Parallel.ForEachAsync(
            events.Index(), new ParallelOptions { MaxDegreeOfParallelism = PublishedAtOnce },
            async (one, _) => ids[one.Index] = await PublishAsync(one.Item, tenant, key?.Invoke(one.Index)));
        return [.. ids.OrderBy(id => id.Key).Select(id => id.Value)];
    }

    /// <summary>
    /// Publishes events side by side that are all refused for now, since a store does not answer.
    /// </summary>
    public Task RefusedAsync(IEnumerable<string> events) => Parallel.ForEachAsync(
        events, new ParallelOptions { MaxDegreeOfParallelism = PublishedAtOnce }, async (json, _) =>
        {
            HttpStatusCode? status = null;
            await Eventually.TrueAsync(async () =>
            {
                using var request = EventRequest(json, null, null);
                using var response = await AnswerAsync(request);
                return (status = response?.StatusCode) is not null;
            });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        });

    /// <summary>The JSON behind a path.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var answer = await SendAsync(HttpMethod.Get, path);
        Assert.True((int)answer.Status is >= 200 and < 300, $"{answer.Status}: {answer.Json}");
        return answer.Json;
    }

    /// <summary>Posts JSON and gives the answer with its status.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(
        string path, object json, string? key = null)
    {
        var answer = await SendAsync(HttpMethod.Post, path, json, key: key);
        return (answer.Status, answer.Json);
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
        var run = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(async () =>
        {
            var at = (await GetAsync($"api/tenants/{Tenant}/{told}")).GetProperty("indexedAt");
            var isNew = at.ValueKind == JsonValueKind.Null;
            if (!isNew && at.GetDateTimeOffset() > asked)
            {
                return true;
            }

            // A new index is complete with the run after the one beside which it is made. And a run that meets another,
            // or a store that fails, does not come to its end.
            if (isNew || TimeProvider.System.GetElapsedTime(run) > IndexedAgainAfter)
            {
                await RunTimerAsync("KeepUp");
                run = TimeProvider.System.GetTimestamp();
            }

            return false;
        });
    }

    /// <summary>Sends a request of any kind; a text is sent as it is.</summary>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, object? json = null, string? ifMatch = null, string? key = null)
    {
        using var response = await PersistAsync(Request);
        var body = await response.Content.ReadAsStringAsync();
        return new(
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.ETag?.ToString(),
            body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(body));

        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
            {
                Content = json switch
                {
                    null => null,
                    string text => new StringContent(text, Encoding.UTF8, "application/json"),
                    _ => JsonContent.Create(json),
                },
            };
            foreach (var (name, value) in new[] { ("If-Match", ifMatch), ("Idempotency-Key", key) })
            {
                if (value is not null)
                {
                    request.Headers.TryAddWithoutValidation(name, value);
                }
            }

            return request;
        }
    }

    /// <summary>
    /// Sends a request, again and again while it is told that a store does not answer, as the API asks its clients to:
    /// on a busy machine, one may be late. So may be the worker, whose answer has no words then.
    /// </summary>
    /// <param name="make">Makes the request, anew for each time.</param>
    /// <param name="client">Who sends it; <see cref="Http"/> when null.</param>
    public async Task<HttpResponseMessage> PersistAsync(
        Func<HttpRequestMessage> make, HttpMessageInvoker? client = null)
    {
        HttpResponseMessage? answer = null;
        await Eventually.TrueAsync(async () =>
        {
            answer?.Dispose();
            using var request = make();
            answer = await AnswerAsync(request, client);
            return answer is { StatusCode: not HttpStatusCode.ServiceUnavailable };
        });
        return answer!;
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
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
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

    /// <summary>A key by which a request that creates something can be sent again.</summary>
    public static string NewKey() => $"{Guid.NewGuid()}";

    static JsonElement ReadRunning(string state) =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(state, RunningFile)));

    async Task<JsonElement> ChangeAsync(string path)
    {
        var answer = await SendAsync(HttpMethod.Post, path, ifMatch: "*", key: NewKey());
        Assert.True((int)answer.Status is >= 200 and < 300, $"{answer.Status}: {answer.Json}");
        return answer.Json;
    }

    HttpRequestMessage EventRequest(string json, string? tenant, string? key)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"api/events?tenant={tenant ?? Tenant}", UriKind.Relative))
        {
            Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return request;
    }

    // Null when it has no words.
    async Task<HttpResponseMessage?> AnswerAsync(HttpRequestMessage request, HttpMessageInvoker? client = null)
    {
        try
        {
            var answer = await (client ?? Http).SendAsync(request, default);
            if (answer is not { StatusCode: HttpStatusCode.InternalServerError, Content.Headers.ContentType: null })
            {
                return answer;
            }

            // To a HEAD, or to who does not ask by the contract.
            answer.Dispose();
            return null;
        }
        catch (ContractException e) when (e.IsWordless)
        {
            return null;
        }
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
