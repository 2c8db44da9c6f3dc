namespace Atrium.EndToEnd;

public sealed class StopTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task What_is_under_way_when_the_app_is_told_to_stop_is_finished_and_never_made_again(string signal)
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var (begun, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Gate = _ =>
        {
            begun.TrySetResult();
            return released.Task;
        };
        await using (var first = await RunningApp.StartAsync(state))
        {
            await first.SubscribeAsync(receiver.Url, ["*"]);
            await first.PublishAsync(Events.CheckedIn);
            await begun.Task;
            await first.Process.SignalAsync(signal);
            await first.Process.LineAsync(line => line.Contains("Stopping", StringComparison.Ordinal));
            released.SetResult();
            Assert.Equal(0, await first.Process.ExitAsync());
        }

        await using var second = await RunningApp.StartAsync(state);
        await second.PublishAsync(Events.CheckedOut);
        await receiver.UntilAsync(all => all.Count >= 2);

        Assert.Equal(2, receiver.All.Select(request => request.Id).Distinct().Count());
        Assert.Equal(0, await second.Process.InterruptAsync());
        Assert.Equal(2, receiver.All.Count);
    }

    [Fact]
    public async Task What_is_cut_off_by_a_second_interrupt_is_handed_back_and_no_attempt_is_counted()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var (begun, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Gate = _ =>
        {
            begun.TrySetResult();
            return never.Task;
        };
        string subscription;
        await using (var first = await RunningApp.StartAsync(state))
        {
            subscription = (await first.SubscribeAsync(receiver.Url, ["*"])).Id;
            await first.PublishAsync(Events.CheckedIn);
            await begun.Task;
            await first.Process.SignalAsync("INT");
            await first.Process.LineAsync(line => line.Contains("Stopping", StringComparison.Ordinal));
            Assert.Equal(0, await first.Process.InterruptAsync());
        }

        receiver.Gate = _ => Task.CompletedTask;
        await using var second = await RunningApp.StartAsync(state);
        await receiver.UntilAsync(_ => receiver.Answered.Count == 1);
        await second.RecordedAsync(subscription, 1);

        var attempts = await second.GetAsync($"api/tenants/default/subscriptions/{subscription}/attempts");
        var attempt = Assert.Single(attempts.GetProperty("items").EnumerateArray());
        Assert.Equal(1, attempt.GetProperty("attempt").GetInt32());
    }
}
