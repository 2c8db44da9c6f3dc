namespace Atrium.EndToEnd;

public sealed class DeadEndpointTests
{
    // What host.json lets an instance do at a time.
    const int AllCalls = 128;

    [Fact]
    public async Task A_dead_endpoint_with_a_backlog_holds_up_nobody_and_its_attempts_count_until_it_is_back()
    {
        const int Backlog = 2 * AllCalls;
        const int Others = 20;
        // Long enough to be slow, short enough to wait for.
        var timeout = TimeSpan.FromSeconds(3);
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
        await using var app = await RunningApp.StartAsync(state, settings: ("Egress__Timeout", $"{timeout}"));
        var subscription = await app.SubscribeAsync(dead.Url, ["*"], tenant: "dead");
        await app.SubscribeAsync(healthy.Url, ["*"], tenant: "healthy");

        var since = TimeProvider.System.GetTimestamp();
        await app.PublishAsync(Enumerable.Repeat(Events.CheckedIn, Backlog), "dead", key: number => $"{number}");
        await begun.Task.Soon();
        await app.PublishAsync(Enumerable.Repeat(Events.CheckedIn, Others), "healthy", key: number => $"{number}");
        await healthy.NextAsync(Others);

        // On a machine that takes long: as many as it may have while it is new, and two for each time-out since.
        var requests = dead.All.Count;
        var timeouts = (int)Math.Ceiling(TimeProvider.System.GetElapsedTime(since) / timeout);
        Assert.InRange(requests, 1, Math.Max(AllCalls / 4, AllCalls / 16 + 2 * timeouts));
        await app.LoggedAsync($"The endpoint of subscription {subscription.Id} of tenant dead is down");
        var attempts = $"api/tenants/dead/subscriptions/{subscription.Id}/attempts?limit=100";
        await Eventually.TrueAsync(async () =>
            (await app.GetAsync(attempts)).GetProperty("items").EnumerateArray().Any(IsCountedWithoutRequest));

        released.SetResult();
        await Eventually.TrueAsync(
            () => Task.FromResult(dead.Answered.Select(request => request.Id).Distinct().Count() == Backlog));
        await app.LoggedAsync($"The endpoint of subscription {subscription.Id} of tenant dead works again");
        Assert.Equal(0, await app.Process.InterruptAsync());
    }

    static bool IsCountedWithoutRequest(System.Text.Json.JsonElement attempt) =>
        attempt.GetProperty("errorClass").GetString() == "endpoint_down"
        && attempt.GetProperty("explanation")
            .GetString()!.Contains("all failed in the same way", StringComparison.Ordinal)
        && attempt.GetProperty("outcome").GetString() == "Retrying";
}
