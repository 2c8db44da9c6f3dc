using System.Globalization;
using Atrium.Processes;

namespace Atrium.EndToEnd;

public sealed class EachProcessStopTests
{
    const int UnderWay = 5;

    [Fact]
    public async Task A_stop_that_reaches_each_process_at_once_lets_deliveries_end_and_sends_none_twice()
    {
        using var state = new TemporaryFolder();
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
        string subscription;
        await using (var first = await RunningApp.StartAsync(state))
        {
            subscription = (await first.SubscribeAsync(receiver.Url, ["*"], generateSecret: true)).Id;
            for (var number = 0; number < UnderWay; number++)
            {
                await first.PublishAsync(Events.Numbered(number), key: $"{number}");
            }

            await begun.Task.Soon();
            // As a service manager does, whatever the order: the host last, which would see the others end.
            var tables = first.Running.GetProperty("tablesProcess").GetInt32();
            foreach (var process in new[] { first.WorkerProcess, tables })
            {
                await Signals.SendAsync("TERM", process);
            }

            await first.Process.SignalAsync("TERM");
            await first.LoggedAsync("Stopping: nothing new is started");
            released.SetResult();
            Assert.Equal(0, await first.Process.ExitAsync());
            Assert.DoesNotContain("has died", first.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("ended by itself", first.Output, StringComparison.Ordinal);
        }

        await using var second = await RunningApp.StartAsync(state);
        await second.PublishAsync(Events.Numbered(UnderWay), key: Text(UnderWay));
        await second.RecordedAsync(subscription, UnderWay + 1);
        await second.QuietAsync();
        Assert.Equal(UnderWay + 1, receiver.All.Count);
        Assert.Equal(UnderWay + 1, receiver.All.Select(request => request.Id).Distinct().Count());
        Assert.Equal(0, await second.Process.InterruptAsync());
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
