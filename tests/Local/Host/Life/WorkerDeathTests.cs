using System.Net;
using Atrium.Local.Host.Tests.Support;
using Atrium.Processes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Host.Tests.Life;

/// <summary>A worker that dies is followed by another, and nothing is lost.</summary>
public sealed class WorkerDeathTests
{
    const string GaveUp = "The app's process has died again, after ";

    [Fact]
    public async Task What_a_killed_worker_was_doing_comes_again_and_requests_meanwhile_wait()
    {
        await using var host = await RunningHost.StartAsync(setup =>
            setup.Settings["LocalStack__WorkerRestarts"] = "1");
        await host.SendAsync(Queues.Manual, "interrupted", "wait");
        await host.Process.LineAsync("interrupted began, delivery 1");
        var request = host.Http.GetAsync(new Uri("/api/waits/interrupted-too", UriKind.Relative));
        await host.Process.LineAsync("interrupted-too waits");
        var first = host.WorkerProcess;
        await Signals.SendAsync("KILL", first);

        await host.Process.LineAsync($"The worker (process {first}) has died with exit code 137.");
        await AnsweredAsync(host, "/api/Plain", "plain ");
        await host.Process.LineAsync("interrupted began, delivery 2");
        await host.Process.LineAsync("interrupted did complete");
        using var broken = await request;
        Assert.True(
            broken.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway,
            $"{broken.StatusCode}");
        Assert.NotEqual(first, host.WorkerProcess);

        // No more than the setting says.
        await Signals.SendAsync("KILL", host.WorkerProcess);
        Assert.Equal(1, await host.Process.ExitAsync());
        Assert.StartsWith($"{GaveUp}1 restarts within 30 minutes.", host.Process.Errors[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(host.Process.Errors, line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    // A request waits for the next worker for half a minute, and is answered 503 when a busy machine takes longer. When
    // the new worker does, by a 500 without words.
    static Task AnsweredAsync(RunningHost host, string path, string expected) => Eventually.TrueAsync(async () =>
    {
        using var answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
        var body = await answer.Content.ReadAsStringAsync();
        if ((answer.StatusCode, body) is (HttpStatusCode.ServiceUnavailable, _)
            or (HttpStatusCode.InternalServerError, ""))
        {
            return false;
        }

        Assert.Equal((HttpStatusCode.OK, expected), (answer.StatusCode, body));
        return true;
    });

    [Fact]
    public async Task Messages_outlive_workers_and_none_is_given_up_meanwhile()
    {
        const int Waves = 3;
        const int Messages = 60;
        await using var host = await RunningHost.StartAsync(setup =>
            setup.Settings["LocalStack__WorkerRestarts"] = $"{Waves}");
        await using var sender = host.ServiceBus.CreateSender(Queues.Automatic);
        for (var wave = 0; wave < Waves; wave++)
        {
            var messages = Enumerable.Range(0, Messages)
                .Select(n => new ServiceBusMessage("body") { MessageId = $"m-{wave}-{n}", Subject = "nothing" });
            await sender.SendMessagesAsync(messages);
            await host.Process.LineAsync($"m-{wave}-{Messages / 2} began");
            var worker = host.WorkerProcess;
            await Signals.SendAsync("KILL", worker);
            await host.Process.LineAsync($"The worker (process {worker}) has died");
            await Eventually.TrueAsync(() => Task.FromResult(host.WorkerProcess != worker));
        }

        await using var queue = host.ServiceBus.CreateReceiver(Queues.Automatic);
        await Eventually.TrueAsync(async () => (await queue.PeekMessagesAsync(1, fromSequenceNumber: 0)).Count == 0);
        await using var dead = host.ServiceBus.CreateReceiver(
            Queues.Automatic, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        Assert.Empty(await dead.PeekMessagesAsync(1));
    }

    [Fact]
    public async Task A_worker_that_dies_while_it_starts_again_has_died_like_any_other()
    {
        await using var host = await RunningHost.StartAsync(setup =>
        {
            setup.Settings["Sample__Start"] = "FailFastAfterTheFirst";
            setup.Settings["LocalStack__WorkerRestarts"] = "2";
        });
        using var exit = await host.Http.PostAsync(new Uri("/api/Exit", UriKind.Relative), content: null);
        Assert.True(
            exit.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway, $"{exit.StatusCode}");
        Assert.Equal(1, await host.Process.ExitAsync());
        Assert.Equal(
            2,
            host.Process.Lines.Count(line =>
                line.Contains(
                    "The worker has not come up again: The app has ended by itself", StringComparison.Ordinal)));
        Assert.StartsWith($"{GaveUp}2 restarts within 30 minutes.", host.Process.Errors[^1], StringComparison.Ordinal);
    }
}
