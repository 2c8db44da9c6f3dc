using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Atrium.EndToEnd;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Atrium.Benchmarks;

/// <summary>
/// What dead endpoints do to healthy ones: 20 events a second to 20 healthy tenants, first alone, then beside events to
/// others that answer, then from the first second on in which these others are dead.
/// </summary>
static class DeadRun
{
    /// <summary>What a dead endpoint does with a request.</summary>
    public static readonly IReadOnlyDictionary<string, Func<HttpContext, Task>> Ways =
        new Dictionary<string, Func<HttpContext, Task>>
        {
            ["hangs"] = HangAsync,
            // Not dead, and what the others are to be held against: ten plain failures.
            ["rejects"] = http =>
            {
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return Task.CompletedTask;
            },
            // Not dead, but paused, while the queue for that is full.
            ["paused"] = _ => Task.CompletedTask,
            ["refuses"] = _ => Task.CompletedTask,
            ["drips"] = http => DripAsync(http, "HTTP/1.1 200 OK\r\n", "X-More: to come\r\n"),
            ["trickles"] = http => DripAsync(http, "HTTP/1.1 ", "2"),
            ["fails"] = async http =>
            {
                await Task.Delay(LateAnswer, TimeProvider.System, http.RequestAborted);
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            },
        };

    /// <summary>When an endpoint fails that does it late.</summary>
    public static readonly TimeSpan LateAnswer = TimeSpan.FromSeconds(14);

    const int Healthy = 20;
    const int HealthyPerSecond = 20;

    /// <summary>The path of endpoints that are dead from the beginning.</summary>
    const string Failing = "/failing";

    static readonly string[] AllEvents = ["*"];

    static volatile bool s_areDead;

    public static async Task<int> RunAsync(int tenants, int endpoints, int perSecond, int seconds, string way)
    {
        var arrived = new ConcurrentDictionary<string, long>();
        await using var healthy = await LoadRun.ReceiverAsync(arrived);
        await using var dying = await ServerAsync(http =>
            s_areDead || http.Request.Path.StartsWithSegments(Failing) ? Ways[way](http) : Task.CompletedTask);
        await using var app = await StartAsync(way);
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var sender = client.CreateSender("visitor-events");
        for (var tenant = 0; tenant < Healthy; tenant++)
        {
            await SubscribeAsync(app, $"healthy{tenant}", healthy.Urls.First());
        }

        // What is new to the app is slower than what it has done before, failures too.
        var url = dying.Urls.First();
        var failing = await SubscribeAllAsync("failing", way == "refuses" ? "http://127.0.0.1:9" : url + Failing);
        await PhaseAsync("warming up", "failing", perSecond);
        await EachAsync(failing, HttpMethod.Delete, "");

        var isComplete = await PhaseAsync("alone", "dying", 0);
        var theirs = await SubscribeAllAsync("dying", url);
        isComplete &= await PhaseAsync("beside the others, which answer", "dying", perSecond);
        s_areDead = true;
        switch (way)
        {
            case "refuses":
                await dying.StopAsync();
                break;
            case "paused":
                await EachAsync(theirs, HttpMethod.Post, "/pause");
                await FillParkedAsync(client, sender);
                break;
        }

        isComplete &= await PhaseAsync("from the first second of their death on", "dying", perSecond);
        return isComplete ? 0 : 1;

        async Task<List<string>> SubscribeAllAsync(string name, string url)
        {
            var made = new List<string>();
            for (var number = 0; number < tenants * endpoints; number++)
            {
                made.Add(await SubscribeAsync(app, $"{name}{number % tenants}", $"{url}/{number}"));
            }

            return made;
        }

        async Task EachAsync(List<string> subscriptions, HttpMethod method, string action)
        {
            foreach (var subscription in subscriptions)
            {
                using var request = new HttpRequestMessage(method, new Uri(subscription + action, UriKind.Relative))
                {
                    Headers = { IfMatch = { EntityTagHeaderValue.Any } },
                };
                using var done = await app.Http.SendAsync(request);
                done.EnsureSuccessStatusCode();
            }
        }

        async Task<bool> PhaseAsync(string phase, string others, int ofOthersPerSecond)
        {
            var round = new Round(sender, arrived);
            var clock = Stopwatch.StartNew();
            for (var ofOthers = 0; clock.Elapsed.TotalSeconds < seconds;)
            {
                var dueOfHealthy = (int)(clock.Elapsed.TotalSeconds * HealthyPerSecond) + 1 - round.Sent;
                // An event goes to each endpoint of its tenant.
                var dueOfOthers = (int)(clock.Elapsed.TotalSeconds * ofOthersPerSecond / endpoints) - ofOthers;
                await round.SendAsync(
                    [.. Enumerable.Range(round.Sent, dueOfHealthy)
                        .Select(number => LoadRun.Event($"healthy{number % Healthy}", $"{phase}-{number}"))],
                    Enumerable.Range(ofOthers, dueOfOthers)
                        .Select(number => LoadRun.Event($"{others}{number % tenants}", $"{phase}-{others}-{number}")));
                ofOthers += dueOfOthers;
            }

            return await round.EndAsync($"{phase}, the healthy");
        }
    }

    static async Task<AppProcess> StartAsync(string way)
    {
        if (way != "paused")
        {
            return await AppProcess.StartAsync();
        }

        var queues = Path.GetTempFileName();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "config.json"), queues, overwrite: true);
        await SmallParked.ShrinkAsync(queues);
        Environment.SetEnvironmentVariable("LocalStack__ServiceBusConfig", queues);
        var app = await AppProcess.StartAsync();
        File.Delete(queues);
        return app;
    }

    /// <summary>Makes a subscription to all events, and gives its path.</summary>
    public static async Task<string> SubscribeAsync(AppProcess app, string tenant, string url)
    {
        var subscriptions = $"api/tenants/{tenant}/subscriptions";
        using var made = await app.Http.PostAsJsonAsync(
            new Uri(subscriptions, UriKind.Relative), new { url, events = AllEvents });
        made.EnsureSuccessStatusCode();
        return $"{subscriptions}/{(await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id")}";
    }

    // Until a delivery finds no room, and is put back.
    static async Task FillParkedAsync(ServiceBusClient client, ServiceBusSender sender)
    {
        await using var receiver = client.CreateReceiver("deliveries");
        for (var number = 0; ; number++)
        {
            var filling = LoadRun.Event("dying0", $"filling-{number}");
            filling.Body = new($"{filling.Body}{new string(' ', 100 * 1024)}");
            await sender.SendMessageAsync(filling);
            var waiting = await receiver.PeekMessagesAsync(100, 0);
            if (waiting.Any(message => message.ApplicationProperties.ContainsKey("putBack")))
            {
                return;
            }
        }
    }

    static Task HangAsync(HttpContext http) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);

    // A little each second, and no end of it. With a whole status line it is delivered, but not before the time-out.
    static async Task DripAsync(HttpContext http, string first, string more)
    {
        var output = http.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Output;
        await output.WriteAsync(Encoding.ASCII.GetBytes(first));
        while (true)
        {
            await output.WriteAsync(Encoding.ASCII.GetBytes(more));
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, http.RequestAborted);
        }
    }

    /// <summary>Starts a server on a port of this machine, 0 for any that is free.</summary>
    public static async Task<WebApplication> ServerAsync(RequestDelegate answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return server;
    }
}
