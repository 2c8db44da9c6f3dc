namespace Atrium.EndToEnd;

public sealed class DeadEndpointTests
{
    // What host.json lets an instance do at a time.
    const int AllCalls = 128;

    [Fact]
    public async Task A_dead_endpoint_with_a_backlog_does_not_hold_up_the_events_of_others()
    {
        const int Backlog = 2 * AllCalls;
        const int Others = 20;
        using var state = new TemporaryFolder();
        await using var dead = await Receiver.StartAsync();
        await using var healthy = await Receiver.StartAsync();
        var begun = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        dead.Gate = _ =>
        {
            begun.TrySetResult();
            return released.Task;
        };
        // As long as the lock allows: were the dead endpoint given all calls, the others would wait for that.
        await using var app = await RunningApp.StartAsync(state, settings: ("Egress__Timeout", "00:00:28"));
        await app.SubscribeAsync(dead.Url, ["*"], tenant: "dead");
        await app.SubscribeAsync(healthy.Url, ["*"], tenant: "healthy");

        await Task.WhenAll(Enumerable.Range(0, Backlog).Select(number => app.PublishAsync(Events.CheckedIn, "dead", key: $"{number}")));
        await begun.Task;
        await Task.WhenAll(Enumerable.Range(0, Others).Select(number => app.PublishAsync(Events.CheckedIn, "healthy", key: $"{number}")));
        await healthy.NextAsync(Others);

        Assert.InRange(dead.All.Count, 1, AllCalls - 1);
        // The app waits for what hangs before it stops.
        released.SetResult();
        Assert.Equal(0, await app.Process.InterruptAsync());
    }
}
