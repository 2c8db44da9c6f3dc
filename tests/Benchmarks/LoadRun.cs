using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.Benchmarks;

/// <summary>
/// A steady load through the whole app: events put on the queue, as Atrium does it, and their arrival at the receivers.
/// Tells how long they took, and for how long nothing moved although something was due.
/// </summary>
static class LoadRun
{
    static readonly string[] AllEvents = ["*"];

    public static async Task<int> RunAsync(int perSecond, int tenants, int seconds, int rounds)
    {
        var arrived = new ConcurrentDictionary<string, long>();
        await using var receiver = await ReceiverAsync(arrived);
        var failed = 0;
        for (var round = 1; round <= rounds; round++)
        {
            await using var app = await AppProcess.StartAsync();
            failed += await RoundAsync(app, new Uri(receiver.Urls.First()), arrived, perSecond, tenants, seconds, round)
                ? 0
                : 1;
        }

        Console.WriteLine(
            failed == 0
                ? $"In {rounds} rounds no event stood still."
                : $"In {failed} of {rounds} rounds events stood still.");
        return failed == 0 ? 0 : 1;
    }

    static async Task<bool> RoundAsync(
        AppProcess app, Uri receiver, ConcurrentDictionary<string, long> arrived, int perSecond, int tenants,
        int seconds, int round)
    {
        arrived.Clear();
        foreach (var tenant in Enumerable.Range(0, tenants))
        {
            using var made = await app.Http.PostAsJsonAsync(
                new Uri($"api/tenants/t{tenant}/subscriptions", UriKind.Relative),
                new { url = receiver, events = AllEvents, generateSecret = true });
            made.EnsureSuccessStatusCode();
        }

        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var sender = client.CreateSender("visitor-events");
        var sending = new Round(sender, arrived);
        var clock = Stopwatch.StartNew();
        for (var total = perSecond * seconds; sending.Sent < total;)
        {
            var due = Math.Min(total, (int)(clock.Elapsed.TotalSeconds * perSecond) + 1) - sending.Sent;
            await sending.SendAsync(
                [.. Enumerable.Range(sending.Sent, due)
                    .Select(number => Event($"t{number % tenants}", $"{round}-{number}"))],
                []);
        }

        return await sending.EndAsync($"round {round}, {perSecond}/s over {tenants} tenants");
    }

    /// <summary>An event that its receiver can tell from others.</summary>
    public static ServiceBusMessage Event(string tenant, string name) => new($$$"""
        {"event":"visitor.checked_in","timestamp":"2026-04-15T10:05:00Z","visitor":{"email":"jane.smith@example.com",
          "first_name":"Jane","last_name":"Smith","company":"{{{name}}}"},
        "visit":{"host":"John Doe","site":"Munich HQ","checked_in_at":"2026-04-15T10:05:00Z"}}
        """)
    {
        MessageId = name,
        ContentType = "application/json",
        ApplicationProperties = { ["tenant"] = tenant },
    };

    /// <summary>Starts a receiver that notes when each event came first.</summary>
    public static async Task<WebApplication> ReceiverAsync(ConcurrentDictionary<string, long> arrived)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(async http =>
        {
            using var body = await System.Text.Json.JsonDocument.ParseAsync(http.Request.Body);
            arrived.TryAdd(
                body.RootElement.GetProperty("visitor").GetProperty("company").GetString()!, Stopwatch.GetTimestamp());
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        await server.StartAsync();
        return server;
    }
}
