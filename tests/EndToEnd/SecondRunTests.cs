namespace Atrium.EndToEnd;

[Collection(nameof(FastApp))]
public sealed class SecondRunTests(FastApp started)
{
    [Fact]
    public async Task A_replayed_delivery_that_fails_again_gets_ten_attempts_and_is_dead_lettered_as_its_second_run()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, _) => 503;
        await using var app = started.Share();
        await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        await app.PublishAsync(Events.CheckedIn);
        var delivery = (await receiver.NextAsync(10))[0].Id;
        await app.LoggedAsync("goes to the dead-letter queue", $"{delivery}:1:10.");

        await IndexedAsync(app);
        await app.EndAsync(await app.StartAsync("dead-letters/replay", new { all = true }));
        await receiver.NextAsync(10);
        await app.LoggedAsync("goes to the dead-letter queue", $"{delivery}:2:10.");

        await IndexedAsync(app);
        var letters = await app.GetAsync($"api/tenants/{app.Tenant}/dead-letters");
        var letter = Assert.Single(letters.GetProperty("items").EnumerateArray());
        Assert.Equal(
            (2, 10, "AttemptsExhausted"),
            (letter.GetProperty("run").GetInt32(), letter.GetProperty("attempt").GetInt32(),
            letter.GetProperty("reason").GetString()));
        Assert.Single(receiver.All.Select(request => request.Id).Distinct());
        var attempts = await Attempts.OfAsync(app.Tables, delivery);
        Assert.Equal(
            [.. Enumerable.Range(1, 10).Select(i => (1, i)), .. Enumerable.Range(1, 10).Select(i => (2, i))],
            attempts.Select(attempt => (attempt.GetInt32("Run")!.Value, attempt.GetInt32("Attempt")!.Value)));
        Assert.Equal(20, receiver.All.Count);
    }

    // The line about it comes before the broker has it.
    static Task IndexedAsync(RunningApp app) => Eventually.TrueAsync(async () =>
    {
        await app.IndexAsync();
        var count = await app.GetAsync($"api/tenants/{app.Tenant}/dead-letters/count");
        return count.GetProperty("matching").GetInt32() == 1;
    });
}
