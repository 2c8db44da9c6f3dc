using System.Collections.Concurrent;
using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Metering;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>
/// What recovery leaves of a Standard namespace's thousand credits a second, with the setting that infra/ gives the app
/// there.
/// </summary>
public sealed class StandardLimitsTests(ITestOutputHelper output)
{
    const int Letters = 150;

    // A fifth of what there is, and twice recovery's share: a machine that stands still lets some come together.
    const int MostOfRecovery = 200;

    [Fact]
    public async Task Recovery_and_a_rebuild_leave_the_credits_to_deliveries()
    {
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder, standardLimits: true);
        await using var receiver = await Receiver.StartAsync();
        await using var another = await Receiver.StartAsync();
        await broker.PutDeadLettersAsync(
            "deliveries", Enumerable.Range(0, Letters).Select(i => FailedDeliveries.Of(i, TwoSubscriptions.First)),
            "AttemptsExhausted");
        await using var app = await RunningApp.StartAsync(
            state, settings: [broker.Setting, ("Credits__PerSecond", "700")]);
        await app.SubscribeAsync(receiver.Url, ["*"]);
        // It gets nothing of what is published below.
        await TwoSubscriptions.AddAsync(app, another, EventSelection.CheckedOut);
        await Eventually.TrueAsync(async () =>
        {
            await app.IndexAsync();
            return await CountAsync(app) == Letters;
        });

        var spent = new ConcurrentDictionary<long, long>();
        using var counted = new OperationListener(
            broker.Port,
            (_, entity, credits) =>
            {
                if (entity == "deliveries/$deadletterqueue")
                {
                    spent.AddOrUpdate(Environment.TickCount64 / 1000, credits, (_, sum) => sum + credits);
                }
            },
            OperationListener.Credits);
        await app.RunTimerAsync("RebuildIndex");
        var replay = app.EndAsync(await app.StartAsync("dead-letters/replay", new { all = true }));
        var published = 0;
        while (!replay.IsCompleted)
        {
            await app.PublishAsync(Events.Numbered(published));
            // The next when this one is there.
            published += (await receiver.NextAsync(1)).Count;
            await CountAsync(app);
            await app.GetAsync("api/tenants/default/dead-letters?limit=100");
        }

        Assert.Equal(("succeeded", Letters), ((await replay).State(), (await replay).Taken()));
        output.WriteLine($"Credits a second: {JsonSerializer.Serialize(spent)}; {published} events beside");
        Assert.InRange(spent.Values.Max(), 1, MostOfRecovery);
        // Each letter was received by the replay, and the rebuild has looked at some.
        Assert.InRange(spent.Values.Sum(), Letters + 1, int.MaxValue);
        Assert.InRange(published, 1, int.MaxValue);
    }

    static async Task<int> CountAsync(RunningApp app) =>
        (await app.GetAsync("api/tenants/default/dead-letters/count")).GetProperty("matching").GetInt32();
}
