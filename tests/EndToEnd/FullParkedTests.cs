namespace Atrium.EndToEnd;

public sealed class FullParkedTests
{
    // Of 48 KB each: one megabyte takes some twenty.
    const int Events = 30;

    [Fact]
    public async Task What_finds_no_room_on_parked_waits_uncounted_holds_up_nobody_and_arrives_once_it_is_resumed()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var others = await Receiver.StartAsync();
        using var config = new TemporaryFolder();
        var queues = Path.Combine(config.Path, "config.json");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "config.json"), queues);
        await SmallParked.ShrinkAsync(queues);
        await using var app = await RunningApp.StartAsync(
            state, clockSpeed: 20, settings: ("LocalStack__ServiceBusConfig", queues));
        var id = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.SubscribeAsync(others.Url, ["*"], tenant: "other");
        await app.PauseAsync(id);
        var published = await app.PublishAsync(Enumerable.Range(0, Events).Select(Large));
        await app.PutBackAsync("deliveries", count: 1, times: 2);
        var parked = app.Output.Split($"is parked, since subscription {id}").Length - 1;
        Assert.InRange(parked, 1, Events - 1);

        await app.PublishAsync(EndToEnd.Events.CheckedOut, tenant: "other");
        await others.NextAsync(1);
        Assert.Empty(receiver.All);

        await app.ResumeAsync(id);
        await receiver.UntilAsync(all => all.Count >= Events);

        var attempts = await Attempts.AtLeastAsync(app.Tables, Events + 1);
        Assert.All(attempts, attempt => Assert.Equal(
            ("Delivered", 1), (attempt.GetString("Outcome"), attempt.GetInt32("Attempt"))));
        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(published.Count, receiver.All.Select(request => request.Id).Distinct().Count());
        Assert.Equal(published.Count, receiver.All.Count);
    }

    static string Large(int number) => EndToEnd.Events.Numbered(number)
        .Replace("kept", new string('k', 48 * 1024), StringComparison.Ordinal);
}
