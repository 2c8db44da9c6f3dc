using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Atrium.EndToEnd;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.Benchmarks;

/// <summary>
/// What a tenant's recovery does to the deliveries of others, under the limits of the Standard tier: a steady load,
/// first alone, then while a tenant counts, lists and replays in a loop.
/// </summary>
static class RecoverRun
{
    const int Letters = 2_000;
    const int Tenants = 20;
    const string Admin = "recovering";

    static volatile bool s_isMended;

    static readonly string[] AllEvents = ["*"];

    // Between two rounds of the loop: an admin's page does not ask more often.
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(int perSecond, int seconds)
    {
        var arrived = new ConcurrentDictionary<string, long>();
        await using var receiver = await LoadRun.ReceiverAsync(arrived);
        await using var broken = await BrokenAsync();
        await using var app = await AppProcess.StartAsync("--limits", "standard");
        foreach (var tenant in Enumerable.Range(0, Tenants).Select(number => $"t{number}"))
        {
            await SubscribeAsync(app, tenant, receiver.Urls.First());
        }

        await using var client = new ServiceBusClient(app.ServiceBus);
        await PutLettersAsync(app, client, await SubscribeAsync(app, Admin, broken.Urls.First()));
        s_isMended = true;
        await using var sender = client.CreateSender("visitor-events");
        await PhaseAsync("warming up", seconds / 3);
        var alone = await PhaseAsync("alone", seconds);
        using var ended = new CancellationTokenSource();
        var recovery = RecoverAsync(app, ended.Token);
        var beside = await PhaseAsync("beside recovery", seconds);
        await ended.CancelAsync();
        Console.WriteLine($"{await recovery} rounds of count, list and replay of one meanwhile");
        return alone && beside ? 0 : 1;

        async Task<bool> PhaseAsync(string name, int length)
        {
            var round = new Round(sender, arrived);
            var clock = Stopwatch.StartNew();
            for (var total = perSecond * length; round.Sent < total;)
            {
                var due = Math.Min(total, (int)(clock.Elapsed.TotalSeconds * perSecond) + 1) - round.Sent;
                await round.SendAsync(
                    [.. Enumerable.Range(round.Sent, due)
                        .Select(number => LoadRun.Event($"t{number % Tenants}", $"{name}-{number}"))],
                    []);
            }

            return await round.EndAsync($"{name}, {perSecond}/s");
        }
    }

    // Answers with a 500 until it is mended.
    static async Task<WebApplication> BrokenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(http =>
        {
            http.Response.StatusCode = s_isMended
                ? StatusCodes.Status204NoContent
                : StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        });
        await server.StartAsync();
        return server;
    }

    static async Task<string> SubscribeAsync(AppProcess app, string tenant, string url)
    {
        using var made = await app.Http.PostAsJsonAsync(
            new Uri($"api/tenants/{tenant}/subscriptions", UriKind.Relative), new { url, events = AllEvents });
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>Has deliveries that failed ten times lie in the dead-letter queue, and in the index.</summary>
    static async Task PutLettersAsync(AppProcess app, ServiceBusClient client, string subscription)
    {
        await using var sender = client.CreateSender("deliveries");
        foreach (var some in Enumerable.Range(0, Letters).Chunk(100))
        {
            await sender.SendMessagesAsync(
                some.Select(number => FailedDeliveries.Of(number, subscription, Admin)));
        }

        while (await CountAsync(app) < Letters)
        {
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    static async Task<int> RecoverAsync(AppProcess app, CancellationToken ended)
    {
        var rounds = 0;
        for (; !ended.IsCancellationRequested; rounds++)
        {
            await CountAsync(app);
            var page = await app.Http.GetFromJsonAsync<JsonElement>(
                new Uri($"api/tenants/{Admin}/dead-letters?limit=100", UriKind.Relative), CancellationToken.None);
            if (page.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } one)
            {
                var number = one.GetProperty("sequenceNumber").GetString();
                using var asked = await app.Http.PostAsync(
                    new Uri($"api/tenants/{Admin}/dead-letters/deliveries/{number}/replay", UriKind.Relative), null,
                    CancellationToken.None);
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }

        return rounds;
    }

    static async Task<int> CountAsync(AppProcess app) =>
        (await app.Http.GetFromJsonAsync<JsonElement>(
            new Uri($"api/tenants/{Admin}/dead-letters/count", UriKind.Relative))).GetProperty("matching").GetInt32();
}
