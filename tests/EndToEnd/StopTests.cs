using System.Net;
using Atrium.Processes;

namespace Atrium.EndToEnd;

public sealed class StopTests
{
    [Fact]
    public async Task Told_to_stop_it_finishes_what_is_under_way_told_twice_it_hands_it_back_and_then_goes_on()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        string subscription;
        await using (var first = await RunningApp.StartAsync(state))
        {
            subscription = (await first.SubscribeAsync(receiver.Url, ["*"], generateSecret: true)).Id;
            var release = await BeginAsync(first, receiver, Events.Numbered(1));
            await StopAsync(first, "INT");
            release();
            Assert.Equal(0, await first.Process.ExitAsync());
        }

        await using (var second = await RunningApp.StartAsync(state))
        {
            var release = await BeginAsync(second, receiver, Events.Numbered(2));
            await StopAsync(second, "TERM");
            release();
            Assert.Equal(0, await second.Process.ExitAsync());
        }

        await using (var third = await RunningApp.StartAsync(state))
        {
            await BeginAsync(third, receiver, Events.Numbered(3));
            // What was finished has not come again.
            Assert.Equal(3, receiver.All.Select(request => request.Id).Distinct().Count());
            Assert.Equal(3, receiver.All.Count);
            await StopAsync(third, "INT");
            Assert.Equal(0, await third.Process.InterruptUntilEndAsync());
        }

        receiver.Gate = _ => Task.CompletedTask;
        await using var fourth = await RunningApp.StartAsync(state);
        await receiver.UntilAsync(_ => receiver.Answered.Count >= 3);
        await fourth.RecordedAsync(subscription, 3);

        var attempts = await fourth.GetAsync($"api/tenants/default/subscriptions/{subscription}/attempts");
        Assert.Equal(
            [1, 1, 1],
            attempts.GetProperty("items").EnumerateArray()
                .Select(attempt => attempt.GetProperty("attempt").GetInt32()));
        Assert.All(receiver.All, request => Assert.Contains("webhook-signature", request.Headers.Keys));
        Assert.Equal(0, await fourth.Process.InterruptAsync());
        Assert.Equal(4, receiver.All.Count);
    }

    [Fact]
    public async Task Stopped_as_Azure_does_amid_a_backlog_it_loses_nothing_and_makes_no_attempt_again()
    {
        const int Queued = 300;
        const int UnderWay = 8;
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder);
        await using var receiver = await Receiver.StartAsync();
        var (begun, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Gate = number =>
        {
            if (number == UnderWay)
            {
                begun.TrySetResult();
            }

            return released.Task;
        };
        await using (var first = await RunningApp.StartAsync(
            state, 1, broker.Setting, ("LocalStack__StopCancels", "true")))
        {
            var subscription = await first.SubscribeAsync(receiver.Url, ["*"]);
            await broker.SendAsync(
                "deliveries",
                Enumerable.Range(0, Queued).Select(i => FailedDeliveries.Of(i, subscription.Id, attempt: 1)));
            await begun.Task.Soon();
            await StopAsync(first, "TERM");
            released.SetResult();
            Assert.Equal(0, await first.Process.ExitAsync());
        }

        await using var second = await RunningApp.StartAsync(state, settings: broker.Setting);
        await QueuedMessages.QuietAsync(broker.Setting.Value, "default");

        Assert.Empty(await broker.DeadLettersAsync("deliveries"));
        var attempts = await Attempts.AllAsync(second.Tables);
        Assert.Equal(
            Enumerable.Range(0, Queued).Select(FailedDeliveries.IdOf),
            attempts.Where(attempt => attempt.GetString("Outcome") == "Delivered")
                .Select(attempt => attempt.GetString("DeliveryId")).Order(StringComparer.Ordinal));
        Assert.Equal(attempts.Count, receiver.All.Count);
        Assert.Equal(0, await second.Process.InterruptAsync());
    }

    [Fact]
    public async Task A_stop_that_dotnet_run_gets_and_passes_on_lets_what_runs_end()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        string subscription;
        await using (var first = await RunningApp.RunAsync(state))
        {
            subscription = (await first.SubscribeAsync(receiver.Url, ["*"], generateSecret: true)).Id;
            var release = await BeginAsync(first, receiver, Events.Numbered(1));
            var test = first.SendAsync(
                HttpMethod.Post, "api/tenants/default/test-webhook",
                new { url = receiver.Url, @event = "visitor.checked_in" });
            await Eventually.TrueAsync(() => Task.FromResult(receiver.All.Count >= 2));
            // The host gets it from dotnet run, and by itself when a service manager stops the whole group.
            await first.Process.SignalAsync("TERM");
            await first.Process.LineAsync("Stopping");
            await Signals.SendAsync("TERM", -first.Process.Id);
            Assert.Single(await first.QueuedAsync("deliveries"));
            release();
            Assert.Equal(HttpStatusCode.OK, (await test).Status);
            await first.Process.ExitAsync();
        }

        await using var second = await RunningApp.StartAsync(state);
        await second.RecordedAsync(subscription, 1);
        await second.QuietAsync();
        Assert.Equal(2, receiver.All.Count);
    }

    /// <summary>Has an attempt begin that is not answered before the result is called.</summary>
    static async Task<Action> BeginAsync(RunningApp app, Receiver receiver, string json)
    {
        var (begun, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Gate = _ =>
        {
            begun.TrySetResult();
            return released.Task;
        };
        await app.PublishAsync(json);
        await begun.Task.Soon();
        return released.SetResult;
    }

    static async Task StopAsync(RunningApp app, string signal)
    {
        await app.Process.SignalAsync(signal);
        await app.Process.LineAsync("Stopping");
    }
}
