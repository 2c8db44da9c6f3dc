using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

public sealed class ReplayTests(ITestOutputHelper output)
{
    const string Queue = "deliveries";

    // The requirement.
    static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Five_thousand_chosen_of_ten_thousand_are_replayed_within_a_minute_and_the_others_stay_as_they_were()
    {
        const int Count = 10_000;
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder);
        await using var receiver = await Receiver.StartAsync();
        var (chosen, other) = await SubscribeTwiceAsync(state, broker, receiver);
        await broker.PutDeadLettersAsync(Queue, Enumerable.Range(0, Count).Select(i => FailedDeliveries.Of(i, i % 2 == 0 ? chosen : other, body: Numbered(i))), "AttemptsExhausted");
        var others = (await broker.DeadLettersAsync(Queue)).Where(message => Of(message) == other).Select(Whole).ToList();
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        var count = await app.GetAsync($"api/tenants/default/dead-letters/count?subscription={chosen}");

        var clock = Stopwatch.StartNew();
        var job = await app.EndAsync(await app.StartAsync("dead-letters/replay", new { subscriptionId = chosen }));
        var replayed = clock.Elapsed;
        await receiver.UntilAsync(all => all.Count == Count / 2);
        output.WriteLine($"Replayed {job.Taken()} of {Count} in {replayed.TotalSeconds:F1} s; all delivered after {clock.Elapsed.TotalSeconds:F1} s.");

        Assert.Equal(Count / 2, count.GetProperty("matching").GetInt32());
        Assert.Equal(("succeeded", Count / 2), (job.State(), job.Taken()));
        Assert.True(replayed < Bound, $"It took {replayed}.");
        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(Enumerable.Range(0, Count / 2).Select(i => FailedDeliveries.IdOf(2 * i)), receiver.All.Select(request => request.Id).Order(StringComparer.Ordinal));
        Assert.Equal(others, (await broker.DeadLettersAsync(Queue)).Select(Whole));
    }

    [Fact]
    public async Task Killed_in_the_middle_a_replay_goes_on_by_itself_and_neither_loses_nor_doubles_and_another_waits_and_can_be_stopped()
    {
        const int Count = 4_000;
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        // The broker outlives the app: what it has locked when it is killed stays locked for that long.
        await using var broker = await Broker.StartAsync(brokerFolder, "PT10S");
        await using var receiver = await Receiver.StartAsync();
        var (first, second) = await SubscribeTwiceAsync(state, broker, receiver);
        await broker.PutDeadLettersAsync(Queue, Enumerable.Range(0, Count).Select(i => FailedDeliveries.Of(i, i % 2 == 0 ? first : second)), "AttemptsExhausted");
        var never = new TaskCompletionSource();
        var requested = new TaskCompletionSource();
        receiver.Gate = _ =>
        {
            requested.TrySetResult();
            return never.Task;
        };
        string job;
        await using (var killed = await RunningApp.StartAsync(state, settings: broker.Setting))
        {
            job = await killed.StartAsync("dead-letters/replay", new { subscriptionId = first });
            await requested.Task;
            await killed.Process.KillAsync();
        }

        var left = await broker.DeadLettersAsync(Queue);
        Assert.InRange(left.Count(message => Of(message) == first), 1, Count / 2);
        Assert.Empty(receiver.Answered);

        receiver.Gate = _ => Task.CompletedTask;
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        var waiting = await app.StartAsync("dead-letters/replay", new { subscriptionId = second });
        await app.SendAsync(HttpMethod.Post, $"api/tenants/default/jobs/{waiting}/stop");
        var ended = await app.EndAsync(job);
        await receiver.UntilAsync(_ => receiver.Answered.Count == Count / 2);
        var stopped = await app.EndAsync(waiting);

        output.WriteLine($"{Count / 2 - left.Count(message => Of(message) == first)} were replayed before the kill.");
        Assert.Equal("succeeded", ended.State());
        Assert.Equal(("stopped", 0), (stopped.State(), stopped.Taken()));
        Assert.Equal(Enumerable.Range(0, Count / 2).Select(i => FailedDeliveries.IdOf(2 * i)), receiver.Answered.Select(request => request.Id).Order(StringComparer.Ordinal));
        Assert.Equal(Count / 2, (await broker.DeadLettersAsync(Queue)).Count(message => Of(message) == second));

        // Stopped while it runs, it leaves what it has not come to, and what it took arrives.
        receiver.Gate = _ =>
        {
            requested.TrySetResult();
            return Task.CompletedTask;
        };
        requested = new TaskCompletionSource();
        var running = await app.StartAsync("dead-letters/replay", new { subscriptionId = second });
        await requested.Task;
        await app.SendAsync(HttpMethod.Post, $"api/tenants/default/jobs/{running}/stop");
        stopped = await app.EndAsync(running);
        await receiver.UntilAsync(_ => receiver.Answered.Count == Count / 2 + stopped.Taken());

        output.WriteLine($"{stopped.Taken()} were replayed before the stop.");
        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(Count / 2 + stopped.Taken(), receiver.Answered.Select(request => request.Id).Distinct().Count());
        Assert.Equal(Count / 2 - stopped.Taken(), (await broker.DeadLettersAsync(Queue)).Count);
    }

    /// <summary>Makes two subscriptions in an app that does not run any more when they are there.</summary>
    static async Task<(string First, string Second)> SubscribeTwiceAsync(TemporaryFolder state, Broker broker, Receiver receiver)
    {
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        var first = await app.SubscribeAsync(receiver.Url, ["*"]);
        var second = await app.SubscribeAsync(receiver.Url, ["*"]);
        Assert.Equal(0, await app.Process.InterruptAsync());
        return (first.Id, second.Id);
    }

    static string Of(ServiceBusReceivedMessage message) => (string)message.ApplicationProperties["subscription"];

    static (long, string?, string, string) Whole(ServiceBusReceivedMessage message) => (
        message.SequenceNumber,
        message.MessageId,
        message.Body.ToString(),
        string.Join(';', message.ApplicationProperties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"{property.Key}={property.Value}")));

    static string Numbered(int number) => Events.CheckedIn.Replace("Jane", $"Jane the {number}.", StringComparison.Ordinal);
}
