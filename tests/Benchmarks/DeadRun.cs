using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Atrium.EndToEnd;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.Benchmarks;

/// <summary>
/// What dead endpoints do to healthy ones: 20 events a second to 20 healthy tenants, first alone, then beside events to
/// endpoints that are dead from the first second on.
/// </summary>
static class DeadRun
{
    /// <summary>What a dead endpoint does with a request.</summary>
    public static readonly IReadOnlyDictionary<string, Func<HttpContext, Task>> Ways =
        new Dictionary<string, Func<HttpContext, Task>>
        {
            ["hangs"] = HangAsync,
            // In full flow: it answers before the phase that is measured, and hangs from its first second on.
            ["dies"] = http => s_hasDied ? HangAsync(http) : Task.CompletedTask,
            // Not dead, and what the others are to be held against: ten plain failures.
            ["rejects"] = http =>
            {
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return Task.CompletedTask;
            },
            // Not dead, but paused, while the queue for that is full.
            ["paused"] = _ => Task.CompletedTask,
            ["refuses"] = _ => Task.CompletedTask,
            // Below HTTP: see DripAsync.
            ["drips"] = _ => Task.CompletedTask,
            ["fails"] = async http =>
            {
                await Task.Delay(TimeSpan.FromSeconds(14), TimeProvider.System, http.RequestAborted);
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            },
        };

    const int Healthy = 20;
    const int HealthyPerSecond = 20;

    static readonly string[] AllEvents = ["*"];

    static volatile bool s_hasDied;

    public static async Task<int> RunAsync(int tenants, int endpoints, int perSecond, int seconds, string way)
    {
        var arrived = new ConcurrentDictionary<string, long>();
        await using var healthy = await LoadRun.ReceiverAsync(arrived);
        await using var dead = await DeadAsync(way);
        await using var app = await StartAsync(way);
        for (var tenant = 0; tenant < Healthy; tenant++)
        {
            await SubscribeAsync(app, $"healthy{tenant}", healthy.Urls.First());
        }

        for (var number = 0; number < tenants * endpoints; number++)
        {
            var url = way == "refuses" ? "http://127.0.0.1:9" : dead.Urls.First();
            await SubscribeAsync(app, $"dead{number % tenants}", $"{url}/{number}", way == "paused");
        }

        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var sender = client.CreateSender("visitor-events");
        if (way == "paused")
        {
            await FillParkedAsync(client, sender);
        }

        // What is new to the app is slower than what it has done before.
        await PhaseAsync("warming up", 0, seconds / 3);
        var without = await PhaseAsync("without dead endpoints", 0, seconds);
        // An event goes to each endpoint of its tenant.
        var deadEvents = Math.Max(1, perSecond / endpoints);
        if (way == "dies")
        {
            await PhaseAsync("before the others die", deadEvents, seconds / 3);
            s_hasDied = true;
        }

        var with = await PhaseAsync("with dead endpoints", deadEvents, seconds);
        return with && without ? 0 : 1;

        async Task<bool> PhaseAsync(string name, int deadPerSecond, int length)
        {
            var round = new Round(sender, arrived);
            var clock = Stopwatch.StartNew();
            for (var ofDead = 0; clock.Elapsed.TotalSeconds < length;)
            {
                var dueOfHealthy = (int)(clock.Elapsed.TotalSeconds * HealthyPerSecond) + 1 - round.Sent;
                var dueOfDead = (int)(clock.Elapsed.TotalSeconds * deadPerSecond) - ofDead;
                await round.SendAsync(
                    [.. Enumerable.Range(round.Sent, dueOfHealthy)
                        .Select(number => LoadRun.Event($"healthy{number % Healthy}", $"{name}-{number}"))],
                    Enumerable.Range(ofDead, dueOfDead)
                        .Select(number => LoadRun.Event($"dead{number % tenants}", $"{name}-dead-{number}")));
                ofDead += dueOfDead;
            }

            return await round.EndAsync($"{name}, the healthy");
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

    static async Task SubscribeAsync(AppProcess app, string tenant, string url, bool isPaused = false)
    {
        using var made = await app.Http.PostAsJsonAsync(
            new Uri($"api/tenants/{tenant}/subscriptions", UriKind.Relative), new { url, events = AllEvents });
        made.EnsureSuccessStatusCode();
        if (isPaused)
        {
            var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
            using var pause = new HttpRequestMessage(
                HttpMethod.Post, new Uri($"api/tenants/{tenant}/subscriptions/{id}/pause", UriKind.Relative))
            {
                Headers = { IfMatch = { EntityTagHeaderValue.Any } },
            };
            using var paused = await app.Http.SendAsync(pause);
            paused.EnsureSuccessStatusCode();
        }
    }

    // Until a delivery finds no room, and is put back.
    static async Task FillParkedAsync(ServiceBusClient client, ServiceBusSender sender)
    {
        await using var receiver = client.CreateReceiver("deliveries");
        for (var number = 0; ; number++)
        {
            var filling = LoadRun.Event("dead0", $"filling-{number}");
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

    // One header a second, and no end of them: delivered, by its status, but not before the time-out.
    static async Task DripAsync(ConnectionContext connection)
    {
        await connection.Transport.Output.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
        while (!connection.ConnectionClosed.IsCancellationRequested)
        {
            await connection.Transport.Output.WriteAsync("X-More: to come\r\n"u8.ToArray());
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, connection.ConnectionClosed);
        }
    }

    static async Task<WebApplication> DeadAsync(string way)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (way == "drips")
            {
                listen.Run(DripAsync);
            }
        }));
        var server = builder.Build();
        server.Run(new RequestDelegate(Ways[way]));
        await server.StartAsync();
        return server;
    }
}
