using Atrium.Metering;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

public sealed class InterruptedReplayTests(ITestOutputHelper output)
{
    const string Queue = "deliveries";

    [Fact]
    public async Task Killed_in_the_middle_a_replay_goes_on_by_itself_beside_another_that_can_be_stopped()
    {
        const int Count = 600;
        const string First = TwoSubscriptions.First;
        const string Second = TwoSubscriptions.Second;
        const string Third = "sub_0123456789abcdef0123";
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        // The broker outlives the app: what it has locked when it is killed stays locked for that long.
        await using var broker = await Broker.StartAsync(brokerFolder, "PT10S");
        await using var receiver = await Receiver.StartAsync();
        await broker.PutDeadLettersAsync(
            Queue,
            Enumerable.Range(0, Count).Select(i => FailedDeliveries.Of(i, i % 2 == 0 ? First : Second))
                .Append(FailedDeliveries.Of(Count, Third)),
            "AttemptsExhausted");
        var never = new TaskCompletionSource();
        var requested = new TaskCompletionSource();
        receiver.Gate = _ =>
        {
            requested.TrySetResult();
            return never.Task;
        };
        // However late this test is to kill the app, it finds it in the middle: the broker halts there.
        var (middle, sent) = (new TaskCompletionSource(), 0);
        using var isKilled = new ManualResetEventSlim();
        using var halting = new OperationListener(broker.Port, (operation, entity, _) =>
        {
            if ((operation, entity) == ("send", Queue) && ++sent == Count / 4)
            {
                middle.SetResult();
                isKilled.Wait(Patience.Limit);
            }
        });
        string job;
        await using (var killed = await RunningApp.StartAsync(state, settings: broker.Setting))
        {
            await TwoSubscriptions.AddAsync(killed, receiver);
            await killed.IndexAsync();
            job = await killed.StartAsync("dead-letters/replay", new { subscriptionId = First });
            await Task.WhenAny(requested.Task, middle.Task).Soon();
            await killed.Process.KillAsync();
            isKilled.Set();
        }

        var left = await broker.DeadLettersAsync(Queue);
        Assert.InRange(left.Count(message => FailedDeliveries.SubscriptionOf(message) == First), 1, Count / 2);
        Assert.Empty(receiver.Answered);

        receiver.Gate = _ => Task.CompletedTask;
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        // What the killed one has locked it waits for; another does not wait for it.
        var other = await app.EndAsync(await app.StartAsync("dead-letters/discard", new { subscriptionId = Third }));
        var ended = await app.EndAsync(job);
        await receiver.UntilAsync(_ => Arrived().Count == Count / 2);

        output.WriteLine(
            $"{Count / 2 - left.Count(message => FailedDeliveries.SubscriptionOf(message) == First)} were replayed "
            + "before the kill.");
        Assert.Equal("succeeded", ended.State());
        Assert.Equal(("succeeded", 1), (other.State(), other.Taken()));
        Assert.Equal(
            Enumerable.Range(0, Count / 2).Select(i => FailedDeliveries.IdOf(2 * i)),
            Arrived().Order(StringComparer.Ordinal));
        // What was under way may come again, and nothing else.
        var before = receiver.Answered.Count;
        Assert.InRange(before, Count / 2, Count / 2 + Trials.MostUnderWay);
        Assert.Equal(
            Count / 2,
            (await broker.DeadLettersAsync(Queue))
            .Count(message => FailedDeliveries.SubscriptionOf(message) == Second));

        // Stopped while it runs, it leaves what it has not come to, and what it took arrives.
        receiver.Gate = _ =>
        {
            requested.TrySetResult();
            return Task.CompletedTask;
        };
        requested = new TaskCompletionSource();
        var running = await app.StartAsync("dead-letters/replay", new { subscriptionId = Second });
        await requested.Task.Soon();
        await app.SendAsync(HttpMethod.Post, $"api/tenants/default/jobs/{running}/stop");
        var stopped = await app.EndAsync(running);
        await receiver.UntilAsync(_ => Arrived().Count >= Count / 2 + stopped.Taken());

        output.WriteLine($"{stopped.Taken()} were replayed before the stop.");
        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(Count / 2 + stopped.Taken(), Arrived().Count);
        Assert.Equal(Count / 2 - stopped.Taken(), (await broker.DeadLettersAsync(Queue)).Count);

        IReadOnlyCollection<string> Arrived() => receiver.Answered.Select(request => request.Id).ToHashSet();
    }
}
