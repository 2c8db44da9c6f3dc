using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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
    /// <summary>Nothing of a healthy run takes so long; a message that stands still is lost time without end.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly string[] AllEvents = ["*"];
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

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
        var sent = new Dictionary<string, long>();
        var clock = Stopwatch.StartNew();
        for (var total = perSecond * seconds; sent.Count < total;)
        {
            var due = Math.Min(total, (int)(clock.Elapsed.TotalSeconds * perSecond) + 1) - sent.Count;
            var batch = Enumerable.Range(sent.Count, due)
                .Select(number => Event($"t{number % tenants}", $"{round}-{number}"))
                .ToList();
            batch.ForEach(message => sent[message.MessageId] = Stopwatch.GetTimestamp());
            foreach (var some in batch.Chunk(100))
            {
                await sender.SendMessagesAsync(some);
            }

            await Task.Delay(Tick, TimeProvider.System);
        }

        while (arrived.Count < sent.Count && LastArrival(arrived, sent) < Patience)
        {
            await Task.Delay(Tick, TimeProvider.System);
        }

        var took = sent.Where(one => arrived.ContainsKey(one.Key))
            .Select(one => Stopwatch.GetElapsedTime(one.Value, arrived[one.Key]).TotalMilliseconds)
            .Order()
            .ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {round}: {arrived.Count} of {sent.Count} at {perSecond}/s over {tenants} tenants, "
            + $"p50 {At(took, 0.5):0} ms, p99 {At(took, 0.99):0} ms, worst {At(took, 1):0} ms"));
        return arrived.Count == sent.Count;
    }

    static TimeSpan LastArrival(ConcurrentDictionary<string, long> arrived, Dictionary<string, long> sent) =>
        Stopwatch.GetElapsedTime(Math.Max(arrived.Values.DefaultIfEmpty().Max(), sent.Values.Max()));

    /// <summary>The value below which a share of the sorted ones lies.</summary>
    public static double At(List<double> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

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
